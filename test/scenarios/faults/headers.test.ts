// Headers that cannot stand on the wire, or that belong to the connection: refused by their names, values never shown.
import { describe, expect, it } from "vitest";
import { delivered, failed, fire, send, webhook } from "../../helpers/send.ts";
import { startServer } from "../../helpers/server.ts";
import { shownBy } from "../../helpers/shown.ts";

/** Stands in every value and must not be shown. */
const MARKER = "header-value-marker";

const IMPOSSIBLE = "has a character that is not allowed in headers";

/** Set by the connection itself. */
const RESERVED = [
	"Host",
	"Content-Length",
	"Transfer-Encoding",
	"Accept-Encoding",
	"Connection",
	"Expect",
	"HTTP2-Settings",
	"Keep-Alive",
	"Proxy-Authenticate",
	"Proxy-Authorization",
	"Proxy-Connection",
	"TE",
	"Trailer",
	"Upgrade",
] as const;

const values: readonly (readonly [what: string, value: string])[] = [
	["a line feed", `${MARKER}\nX-Injected: yes`],
	["a carriage return", `${MARKER}\rX-Injected: yes`],
	["a line break", `${MARKER}\r\nX-Injected: yes\r\n\r\n{}`],
	["a line break at its end", `${MARKER}\r\n`],
	["an escape", `${MARKER}\u001b[31m`],
	["a delete", `${MARKER}\u007f`],
	["an emoji", `${MARKER}🚚`],
	["a letter beyond Latin-1", `${MARKER}ł`],
];

describe("fault 28: a header with CR, LF, NUL or an emoji, or one that belongs to the connection, is refused; only its name is shown", () => {
	it("in the config, each told at its own key", async () => {
		const lines = values.map(([, value], index) => `X-Bad-${index} = ${JSON.stringify(value)}`);
		const table = [...lines, `X-Nul = "${MARKER}\\u0000"`, `"X-Na\\r\\nme" = "${MARKER}"`];
		const head =
			'[hook.webhooks.pipeline_start]\nurl = "https://receiver.invalid"\n[hook.webhooks.pipeline_start.headers]\n';
		const run = await fire(head + table.join("\n").replaceAll("\u007f", "\\u007f"));
		expect(run).toMatchObject({ code: 1, stderr: "", outputs: { result: "error" } });
		expect(run.annotations.map(({ properties, message }) => [properties["line"], message.split("; ")[0]])).toEqual([
			...values.map((_, index) => [`${index + 4}`, `headers.X-Bad-${index} ${IMPOSSIBLE}`]),
			["12", "headers.X-Nul has a NUL character in it"],
			["13", "headers has an invalid header name"],
		]);
		expect(shownBy(run)).not.toContain(MARKER);
	});

	it("in the config, however it is written, and as a default too", async () => {
		const tables = [
			["[defaults.webhook.headers]", RESERVED],
			["[hook.webhooks.pipeline_start.headers]", RESERVED.map((name) => name.toUpperCase())],
			["[hook.webhooks.pipeline_complete.headers]", RESERVED.map((name) => name.toLowerCase())],
		] as const;
		const lines = tables.flatMap(([header, names]) => [header, ...names.map((name) => `${name} = "${MARKER}\${X}"`)]);
		const urls = ["start", "complete"].map(
			(event) => `hook.webhooks.pipeline_${event}.url = "https://receiver.invalid"`,
		);
		const run = await fire([...urls, ...lines].join("\n"), { env: { X: MARKER } });
		expect(run).toMatchObject({ code: 1, stderr: "", outputs: { result: "error" } });
		const told = [
			...run.log.matchAll(
				/^error\[\w+\]: pipeline-hooks\.toml:(\d+):1: (?:defaults\.webhook\.)?headers\.(\S+) is set by the connection itself$/gm,
			),
		];
		expect(told.map(([, line, name]) => [line, name])).toEqual(
			tables.flatMap(([, names], table) =>
				names.map((name, row) => [`${4 + table * (RESERVED.length + 1) + row}`, name]),
			),
		);
		expect(shownBy(run)).not.toContain(MARKER);
	});

	it("from a variable, where it fails its hook and nothing is sent", async () => {
		const server = await startServer({ status: 200 });
		const others = values.filter(([what]) => what !== "a line break at its end");
		const hooks = others.map((_, index) => webhook(server.url, `headers = { X-Token = "\${V${index}}" }`, `n${index}`));
		const run = await fire(hooks.join(""), {
			env: Object.fromEntries(others.map(([, value], index) => [`V${index}`, value])),
		});
		expect(run).toMatchObject({ code: 0, stderr: "", outputs: { result: "warned", failed: `${others.length}` } });
		expect(run.annotations.map(({ message }) => message)).toEqual(
			others.map(() => `the webhook failed: header X-Token ${IMPOSSIBLE}`),
		);
		expect(server.requests).toEqual([]);
		expect(shownBy(run)).not.toContain(MARKER);
	});

	it("from a variable into a preset's own header", async () => {
		const run = await send("https://receiver.invalid", 'preset = "datadog"\napi_key = "${KEY}"', {
			env: { KEY: `${MARKER}\nX-Injected: yes` },
		});
		expect(run).toMatchObject(failed(`header DD-API-KEY ${IMPOSSIBLE}`, 0));
		expect(shownBy(run)).not.toContain(MARKER);
	});

	it("from a variable with white space around it, which is trimmed", async () => {
		const server = await startServer({ status: 200 });
		const run = await send(server.url, 'headers = { X-Token = "${TOKEN}", X-Latin = "caf\u00e9\t!" }', {
			env: { TOKEN: `\t ${MARKER}\r\n` },
		});
		expect(run).toMatchObject(delivered());
		expect(server.requests[0]?.headers).toMatchObject({ "x-token": MARKER, "x-latin": "caf\u00e9\t!" });
	});
});
