// What a message is made of: what the hook writes, what its service adds, and why there may be none.
import { describe, expect, it } from "vitest";
import { makeMessage } from "../../../src/deliver/message.ts";
import { CannotRender, type Options, type Service } from "../../../src/model/preset.ts";
import { parseReference } from "../../../src/model/reference.ts";
import { withQuery } from "../../../src/presets/options.ts";
import { compileTemplate } from "../../../src/template/compile.ts";
import { delivery, event, preset, webhook } from "../../helpers/make.ts";
import { template } from "../../helpers/template.ts";

const generic = preset("generic");

function make(given: (url?: URL) => Partial<Service>, hook: Parameters<typeof webhook>[0] = {}, of = event()) {
	const service = (_: unknown, url?: URL) => ({ ...generic.service({}), ...given(url) });
	return makeMessage(delivery(webhook({ preset: { ...generic, service }, ...hook }), of), {});
}

function sent(...args: Parameters<typeof make>) {
	const made = make(...args);
	if (!("url" in made)) throw new Error("no message");
	return made;
}

describe("what a service adds to a message", () => {
	it("is headers, below the hook's own", () => {
		const request = () => ({ headers: { "CE-Id": "1", "Content-Type": "application/x+json" } });
		expect(sent(() => ({ request })).headers).toMatchObject({ "CE-Id": "1", "Content-Type": "application/x+json" });
		const own = sent(() => ({ request }), { headers: new Map([["ce-id", parseReference("2")]]) });
		expect(own.headers).toMatchObject({ "ce-id": "2", "Content-Type": "application/x+json" });
		expect(own.headers).not.toHaveProperty("CE-Id");
	});

	it.each([
		["https://e.x/a", "https://e.x/a?wait=true"],
		["https://e.x/a?sig=a%2fb%20c", "https://e.x/a?sig=a%2fb%20c&wait=true"],
		["https://e.x/a?wait=false", "https://e.x/a?wait=false"],
	])("is parameters of the query: %s becomes %s", (url, expected) => {
		const request = (own?: URL) => () => ({ url: withQuery(own, "wait", "true") });
		expect(sent((own) => ({ request: request(own) }), { url: parseReference(url) }).url.href).toBe(expected);
	});

	it("is another URL and method for another event, as where an alert is closed elsewhere than it is opened", () => {
		const request: NonNullable<Service["request"]> = ([{ context }]) =>
			context.status === "success" ? { url: "https://a.x/alerts/7", method: "DELETE" } : { url: "https://a.x/alerts" };
		const parts = (of: string, hook = {}) => {
			const { method, url, target } = sent(
				() => ({ request }),
				{ method: undefined, url: undefined, ...hook },
				event(of),
			);
			return [method, url.href, target];
		};
		expect(parts("pipeline_error")).toEqual(["POST", "https://a.x/alerts", "https://a.x/…"]);
		expect(parts("pipeline_complete")).toEqual(["DELETE", "https://a.x/alerts/7", "https://a.x/…"]);
		expect(parts("pipeline_complete", { method: "PUT" })[0]).toBe("PUT");
	});

	it("is checked as the hook's own URL and headers are", () => {
		const to = (url: string) => make(() => ({ request: () => ({ url }) }), { url: undefined });
		expect(to("http://a.x/")).toMatchObject({ cause: "invalid_message", reason: expect.stringContaining("over http") });
		expect(make(() => ({ request: () => ({ headers: { X: "a\nb" } }) }))).toMatchObject({
			cause: "invalid_message",
			reason: expect.stringContaining("header X"),
		});
	});

	it("is what it says was truncated, behind which stands what is to know about the address", () => {
		const body = () => ({ body: {}, notes: ["text truncated"] });
		const at = (url: string, hook = {}) => sent(() => ({ body }), { url: parseReference(url), ...hook }).notes;
		const slack = "https://hooks.slack.com/services/T/B/x";
		expect(at("https://e.x/")).toEqual(["text truncated"]);
		expect(at(slack)).toEqual([
			"text truncated",
			expect.stringMatching(/messages of preset slack, .*: set preset = "slack"/),
		]);
		expect(at(slack, { bodyTemplate: template("{}") })).toEqual([]);
	});

	it("is made of the options with their variables put in, however deep they stand, and of no template", () => {
		const seen: Options[] = [];
		const option = { kind: "table", summary: "" } as const;
		const options = { text: { ...option, template: true }, deep: option } as const;
		const service = (given: Options) => {
			seen.push(given);
			return generic.service({});
		};
		const deep = { list: ["${A}-1", 5], flag: true, none: null };
		const hook = webhook({ preset: { ...generic, service, options }, options: { text: "${A}", deep, other: "${A}" } });
		makeMessage(delivery(hook), { A: "a" });
		expect(seen).toEqual([{ deep: { list: ["a-1", 5], flag: true, none: null }, other: "a" }]);
	});

	it("may be an error of this program, which is no mistake in a template", () => {
		const body = () => {
			throw new TypeError("boom");
		};
		expect(() => make(() => ({ body }))).toThrow("boom");
	});

	it("may be that there can be no message", () => {
		const body = () => {
			throw new CannotRender("the event has no resource");
		};
		expect(make(() => ({ body }))).toMatchObject({ cause: "invalid_message", reason: "the event has no resource" });
	});
});

it.each([
	["a secret of white space", { X: " \n" }, "secret is only white space"],
	["a header of two lines", { X: "a\nb" }, "header X-Team has a character that is not allowed in headers"],
	[
		"a proxy that is none",
		{ HTTPS_PROXY: "socks5://proxy" },
		"proxy (HTTPS_PROXY): the proxy must be http:// or https://",
	],
])("nothing is sent with %s", (_, env, reason) => {
	const x = parseReference("${X:-x}");
	const hook = webhook({ secrets: [x], headers: new Map([["X-Team", x]]) });
	expect(makeMessage(delivery(hook), env)).toMatchObject({
		cause: "invalid_message",
		reason,
	});
});

describe("a batch", () => {
	it("is rendered as one, and said to be one, however few its events", () => {
		const hook = webhook({ batchSize: 5 });
		const made = makeMessage({ id: "dlv_1", hook, events: [event()] }, {});
		if (!("url" in made)) throw new Error("no message");
		expect(made.headers["X-Rocky-Event"]).toBe("batch");
		expect(JSON.parse(new TextDecoder().decode(made.body))).toEqual({ events: [event().context] });
	});
});

describe("a body of the hook's own", () => {
	it("has its variables put in as they are where the service escapes nothing", () => {
		const hook = webhook({ bodyTemplate: template('{"text": "${TITLE}"}') });
		expect(makeMessage(delivery(hook), { TITLE: "<a> & b" })).toMatchObject({
			body: Buffer.from('{"text":"<a> & b"}'),
			notes: [],
		});
	});

	it.each([
		["application/vnd.acme+json", '{"text": "{{error}}"}', 'a "b"', '{"text":"a \\"b\\""}'],
		["text/plain", "{{error}}", '{"a": 1}', '{"a": 1}'],
	])("is escaped, or may be anything, by its content type, however that is written: %s", (type, body, error, text) => {
		const hook = {
			headers: new Map([["content-type", parseReference(type)]]),
			bodyTemplate: compileTemplate(parseReference(body), true),
		};
		expect(sent(() => ({}), hook, event("pipeline_error", { error })).body).toEqual(Buffer.from(text));
	});
});

describe("a plain text in a rocky.toml", () => {
	const bodyTemplate = compileTemplate(parseReference("{{error}}"), true);
	const made = (error: string) => make(() => ({}), { bodyTemplate }, event("pipeline_error", { error }));

	it("is sent as it is", () => {
		for (const error of ['column "tier"', "[nightly] failed", "{ no: JSON }", "7", '"quoted"']) {
			expect(
				Buffer.from(sent(() => ({}), { bodyTemplate }, event("pipeline_error", { error })).body ?? []).toString(),
			).toBe(error);
		}
	});

	it.each(['{"text": "<!channel>"}', "[]", ' {"a": [1]}\n'])("is not sent where a value makes it JSON: %s", (error) => {
		expect(made(error)).toMatchObject({
			cause: "invalid_message",
			reason: expect.stringMatching(
				/^body_template: body is plain text, but what was inserted makes it JSON \(begin it/,
			),
		});
	});
});
