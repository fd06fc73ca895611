// URLs and secrets as they are pasted: what is none is refused, white space is trimmed, and nothing of them is shown.
import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { ActionRun } from "../../helpers/runner.ts";
import { delivered, failed, fire, send, webhook } from "../../helpers/send.ts";
import { startServer } from "../../helpers/server.ts";
import { shownBy } from "../../helpers/shown.ts";

/** A piece of each text that must not be shown. */
const MARKER = "pa55-w0rd-marker";

/** Each problem or failure of a run, by its line. */
function told(run: ActionRun): readonly (readonly [line: string | undefined, message: string])[] {
	return run.annotations.map(({ properties, message }) => [properties["line"], message.replace(" [config_value]", "")]);
}

describe("fault 26: an invalid URL is refused, white space around a URL is trimmed, and no part of it is shown", () => {
	const NONE = "is not an https URL; write it as https://host/path, or ${VAR} to take it from an environment variable";
	const CONTROL = "has a line break or control character in it; write the URL on one line";
	/** The variable's name, or what is left of a URL of which the mask knows every part. */
	const SHOWN = expect.stringMatching(/^(?:\$\{URL_\d+\}|(?:https:)?\*\*\*…)$/);
	const scheme = (name: string) => `has the scheme ${name}; webhooks are sent to https:// and nats:// URLs only`;
	const wrong: readonly (readonly [text: string, problem: string])[] = [
		[`file:///etc/${MARKER}`, scheme("file")],
		[`ftp://${MARKER}:${MARKER}@receiver.invalid/`, scheme("ftp")],
		[`javascript:${MARKER}`, NONE],
		[`${MARKER}:${MARKER}@receiver.invalid/in`, NONE],
		[`${MARKER}:in`, NONE],
		[`//receiver.invalid/${MARKER}`, NONE],
		[`https:/${MARKER}`, NONE],
		[`https://${MARKER}:${MARKER}@/`, NONE],
		[`https://receiver.invalid:99999/${MARKER}`, NONE],
		[
			`https://user:${MARKER}%@receiver.invalid/`,
			"has a user or password that is not percent-encoded properly; write % as %25, and percent-encode all other characters that a URL cannot contain",
		],
		[`https://receiver.invalid/\n${MARKER}`, CONTROL],
		[`https://receiver.invalid/\t${MARKER}`, CONTROL],
	];

	it("as the config has it, before anything runs", async () => {
		const hooks = wrong.map(([text]) => `[[hook.webhooks.pipeline_start]]\nurl = ${JSON.stringify(text)}\n`);
		const run = await fire(`${hooks.join("")}[[hook.webhooks.pipeline_start]]\nurl = ""\n`);
		expect(run).toMatchObject({ code: 1, stderr: "", outputs: { result: "error" } });
		const mistakes = [...wrong.map(([, problem]) => problem), "is empty; give it a value, or leave the key out"];
		expect(told(run).slice(0, 9)).toEqual(
			mistakes.slice(0, 9).map((problem, index) => [`${2 * index + 2}`, `url ${problem}`]),
		);
		for (const problem of mistakes) expect(run.log).toContain(`url ${problem.split("; ")[0]}`);
		expect(shownBy(run)).not.toContain(MARKER);
	});

	it("as a variable has it, for its hook only", async () => {
		const server = await startServer({ status: 200 });
		const given = [
			...wrong,
			[" \n\t", "is empty; give the receiver's URL, beginning with https://"] as const,
			["", ""] as const,
		];
		const config = given.map((_, index) => webhook(`\${URL_${index}}`, "", `n${index}`)).join("");
		const run = await fire(config + webhook(server.url, "", "right"), {
			env: Object.fromEntries(given.map(([text], index) => [`URL_${index}`, text])),
		});
		expect(run).toMatchObject({ code: 0, outputs: { result: "warned", delivered: "1", failed: "14" } });
		const failures = given.slice(0, -1).map(([, problem], index) => row(`n${index}`, `url ${problem}`));
		const unset = row("n13", "variable URL_13 is unset or empty; set it in the step's env");
		const right = expect.objectContaining({ hook: "right", status: "delivered" });
		expect(run.results).toMatchObject({ results: [...failures, unset, right] });
		expect(server.requests.length).toBe(1);
		expect(shownBy(run)).not.toContain(MARKER);

		function row(hook: string, error: string) {
			return { hook, status: "failed", attempts: 0, target: SHOWN, error };
		}
	});

	it.each(["\n", "\r\n", "  \t\n\n"])("with %j after it", async (end) => {
		const server = await startServer({ status: 200 });
		const run = await send("${URL}", "", { env: { URL: ` ${server.url}/${MARKER}${end}` } });
		expect(run).toMatchObject(delivered());
		expect(server.requests.map(({ path }) => path)).toEqual([`/${MARKER}`]);
		expect(shownBy(run)).not.toContain(MARKER);
	});

	it.each(["literal", "variable"])(
		"with a user name and a password in it, %s: they are sent, not shown",
		async (kind) => {
			const server = await startServer({
				status: 401,
				body: `Basic ${Buffer.from(`user:${MARKER}`).toString("base64")}`,
			});
			const url = server.url.replace("//", `//user:${MARKER}@`);
			const run = await (kind === "literal" ? send(url) : send("${URL}", "", { env: { URL: url } }));
			expect(run).toMatchObject(failed("401 Unauthorized: Basic ***"));
			expect(run.results).toMatchObject({ results: [{ target: `${server.url}/…` }] });
			const basic = Buffer.from(`user:${MARKER}`).toString("base64");
			expect(server.requests.map(({ headers }) => headers["authorization"])).toEqual([`Basic ${basic}`]);
			for (const secret of [MARKER, basic]) expect(shownBy(run)).not.toContain(secret);
		},
	);
});

describe("fault 27: plain http to another host is refused unless the hook allows it; to loopback it is always allowed", () => {
	const refused =
		"url would be sent over http, without encryption; use https://, or set allow_http = true if the receiver really has no TLS";
	const others = ["receiver.invalid", "127.0.0.1.invalid", "localhost.invalid", "127.0.0.1@receiver.invalid"];

	it("in the config it is a mistake", async () => {
		const run = await fire(
			others.map((host) => `[[hook.webhooks.pipeline_start]]\nurl = "http://${host}/in"\n`).join(""),
		);
		expect(run).toMatchObject({ code: 1, outputs: { result: "error" } });
		expect(told(run)).toEqual(others.map((_, index) => [`${2 * index + 2}`, refused]));
	});

	it("from a variable it is a failure of the hook, and no attempt", async () => {
		const run = await send("${URL}", "", { env: { URL: "http://receiver.invalid/in" } });
		expect(run).toMatchObject(failed(refused, 0));
	});

	it("a gate fails closed", async () => {
		const run = await send("${URL}", 'on_failure = "abort"', { env: { URL: "http://receiver.invalid/in" } });
		expect(run).toMatchObject({ code: 1, outputs: { result: "aborted" } });
	});

	it.each(["literal", "variable"])("with allow_http = true it is tried, %s", async (kind) => {
		const url = "http://receiver.invalid/in";
		const more = "allow_http = true\nretry_count = 0";
		const run = await (kind === "literal" ? send(url, more) : send("${URL}", more, { env: { URL: url } }));
		expect(run).toMatchObject(failed("name not found"));
	});

	it.each([
		["127.0.0.1", "literal"],
		["127.0.0.1", "variable"],
		["localhost", "literal"],
		["localhost", "variable"],
		["127.1", "literal"],
	])("%s is loopback, %s", async (host, kind) => {
		const server = await startServer({ status: 200 });
		const url = server.url.replace("127.0.0.1", host);
		const run = await (kind === "literal" ? send(url) : send("${URL}", "", { env: { URL: url } }));
		expect(run).toMatchObject(delivered());
		expect(server.requests.length).toBe(1);
	});
});

describe("fault 29: an empty secret is an error, one from an empty variable fails its hook, and a line break at the end is trimmed", () => {
	it.each(["", " ", "\\n\\t"])('"%s" is a mistake of the config', async (text) => {
		const run = await send("https://receiver.invalid", `secret = "${text}"`);
		expect(run).toMatchObject({ code: 1, outputs: { result: "error" } });
		expect(told(run)).toEqual([["5", "secret is empty; give it a value, or leave the key out"]]);
	});

	it.each([
		["unset", {}, "variable SECRET is unset or empty; set it in the step's env"],
		["empty", { SECRET: "" }, "variable SECRET is unset or empty; set it in the step's env"],
		["white space", { SECRET: " \n" }, "secret is only white space"],
	])("%s: nothing is sent unsigned", async (_, env, reason) => {
		const server = await startServer({ status: 200 });
		const config = webhook(server.url, 'secret = "${SECRET}"') + webhook(server.url, "", "other");
		const run = await fire(config, { env });
		expect(run).toMatchObject({ code: 0, outputs: { result: "warned", delivered: "1", failed: "1" } });
		expect(told(run)).toEqual([["1", `the webhook failed: ${reason}`]]);
		expect(server.requests.length).toBe(1);

		const gate = await send(server.url, 'secret = "${SECRET}"\non_failure = "abort"', { env });
		expect(gate).toMatchObject({ code: 1, outputs: { result: "aborted" } });
		expect(server.requests.length).toBe(1);
	});

	it.each(["\n", "\r\n", " \n"])("with %j after it, the secret signs", async (end) => {
		const server = await startServer({ status: 400, body: MARKER });
		const run = await send(server.url, 'secret = "${SECRET}"', { env: { SECRET: MARKER + end } });
		expect(run).toMatchObject(failed("400 Bad Request: ***"));
		const [request] = server.requests;
		const signature = createHmac("sha256", MARKER).update(request?.raw ?? "");
		expect(request?.headers["x-rocky-signature"]).toBe(`sha256=${signature.digest("hex")}`);
		expect(shownBy(run)).not.toContain(MARKER);
	});
});
