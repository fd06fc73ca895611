// What a gate makes of a response: a yes only by proof, and a no in one line that says why.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { judge } from "../../../src/deliver/response.ts";
import { isObject, parseJson } from "../../../src/lib/json.ts";
import { delivery, preset, webhook } from "../../helpers/make.ts";
import { oddText } from "../../helpers/odd-text.ts";

const JSON_TYPE = { "content-type": "application/json" };
const MUST = '; a gate must respond with {"allow": true}';

interface Given {
	readonly status?: number;
	readonly headers?: Record<string, string>;
	readonly requireAllow?: boolean;
	readonly service?: string;
	readonly read?: "whole" | "truncated" | "over_limit" | "undelimited";
}

function judged(body: string, given: Given = {}) {
	const { status = 200, headers = {}, requireAllow = false, service = "generic", read = "whole" } = given;
	const gate = delivery(webhook({ preset: preset(service), onFailure: "abort", requireAllow }));
	return judge(gate, gate.hook.preset.service({}), { kind: "response", status, headers, body, read });
}

const reasonOf = (body: string, given: Given = {}) => {
	const { failure } = judged(body, given);
	return failure === undefined ? "a yes" : `${failure.retryable ? "retry" : "final"}: ${failure.reason}`;
};

describe("a yes", () => {
	it.each<[string, string, Record<string, string>]>([
		["allow true", '{"allow": true}', JSON_TYPE],
		["allow true among other keys", '{"ok": false, "allow": true, "by": {"name": "ada", "tags": [":"]}}', JSON_TYPE],
		["behind a byte order mark and white space", '\ufeff\n {"allow": true}\n', {}],
		["whose key is escaped", '{"\\u0061llow": true}', {}],
		["that a script sends by its usual type", '{"allow": true}', { "content-type": "text/html" }],
		["an object without allow", '{"stored": true, "note": "\\"allow\\": false"}', JSON_TYPE],
		["no body", "", {}],
		["text", "fine, deploys are allowed", { "content-type": "text/plain; charset=utf-8" }],
		["an identity encoding", "ok", { "content-encoding": "identity" }],
	])("%s", (_, body, headers) => {
		expect(reasonOf(body, { headers })).toBe("a yes");
	});

	it.each([200, 201, 202, 203, 204, 205, 299])("of status %i", (status) => {
		expect(reasonOf("", { status })).toBe("a yes");
	});
});

describe("no yes", () => {
	it.each([
		["false", "is false, not a JSON object"],
		['"no"', "is a string, not a JSON object"],
		["1", "is a number, not a JSON object"],
		["true", "is true, not a JSON object"],
		["null", "is null, not a JSON object"],
		["[]", "is a list, not a JSON object"],
		['\u0000{"ok": true}', "is not valid JSON"],
		['\u200b\u0000 {"ok": true}', "is not valid JSON"],
		['\ufffd\ufffd{\u0000"\u0000o\u0000k\u0000', "is not valid JSON"],
		['{"ok": true} {"ok": true}', "is not valid JSON"],
		['{"ok": true}\n{"ok": true}\n', "is not valid JSON"],
		["{ok: true}", "is not valid JSON"],
		[`{"x": ${"[".repeat(20_000)}${"]".repeat(20_000)}}`, "is nested too deeply"],
		[`{"allow": true, "x": ${"[".repeat(20_000)}${"]".repeat(20_000)}}`, "is nested too deeply"],
		["\u001f\ufffd\u0008\u0000", "is not readable as UTF-8 text"],
		["<!doctype html><title>Sign in</title>", "is an HTML page (a login page?)"],
		["\ufeff\n<!-- cached --><HTML>", "is an HTML page (a login page?)"],
		['<?xml version="1.0"?>\n<!DOCTYPE html>', "is an HTML page (a login page?)"],
		["<head><meta http-equiv=refresh>", "is an HTML page (a login page?)"],
		["<body onload=go()>", "is an HTML page (a login page?)"],
		["<script>location='/login'</script>", "is an HTML page (a login page?)"],
	])("%j", (body, problem) => {
		expect(reasonOf(body)).toBe(`final: denied: 200, but the response ${problem}${MUST}`);
		// It is no explicit no, so that another attempt may still get a yes.
		expect(judged(body, { status: 503 }).failure?.retryable).toBe(true);
	});

	it.each([
		["ok", { "content-type": "text/html; charset=utf-8" }, "is an HTML page (a login page?)"],
		["{}", { "content-type": "application/xhtml+xml" }, "is an HTML page (a login page?)"],
		["ok", JSON_TYPE, "is not valid JSON"],
		["ok", { "content-type": "application/vnd.gate+json" }, "is not valid JSON"],
		["", JSON_TYPE, "is empty, although its content type is JSON"],
		['{"allow": true}', { "content-encoding": "gzip" }, "is compressed, although no compression was requested"],
		['{"allow": true}', { "content-encoding": "identity, br" }, "is compressed, although no compression was requested"],
	])("%j with %o", (body, headers, problem) => {
		expect(reasonOf(body, { headers })).toBe(`final: denied: 200, but the response ${problem}${MUST}`);
	});

	it.each([206, 207, 226])("of status %i, which does not speak of the whole", (status) => {
		expect(reasonOf('{"allow": true}', { status })).toMatch(
			/^final: denied: \d+, but the response (is partial|is only|has several)/,
		);
	});

	it.each(["truncated", "over_limit", "undelimited"] as const)("where the body is %s", (read) => {
		expect(reasonOf('{"allow": true}', { read })).toMatch(/^final: denied: 200, but the response /);
		expect(judged('{"allow": tr', { read, status: 503 }).failure?.retryable).toBe(true);
	});
});

describe("a no, whatever its status,", () => {
	it.each([
		['{"allow": false}', 'and the response\'s "allow" is false'],
		['{"allow": "true"}', `and the response's "allow" is "true"${MUST}`],
		['{"allow": 1}', `and the response's "allow" is 1${MUST}`],
		['{"allow": {"allow": true}}', `and the response's "allow" is an object${MUST}`],
		['{"allow": true, "allow": true}', `and the response has "allow" more than once${MUST}`],
		['{"allow": false, "\\u0061llow": true}', `and the response has "allow" more than once${MUST}`],
		['{"allow": true, "Allow": false}', `and the response has "allow" more than once${MUST}`],
		['{"allow": true, "more": [{"allow": false}]}', `and the response has "allow" more than once${MUST}`],
		['{"Allow": false}', `and the response has "Allow" instead of "allow"${MUST}`],
		['{"ALLOW": true}', `and the response has "ALLOW" instead of "allow"${MUST}`],
		['{" allow": true}', `and the response has " allow" instead of "allow"${MUST}`],
		['{"al\u200blow": true}', `and the response has "al\u200blow" instead of "allow"${MUST}`],
		['{"allowed": false}', `and the response has "allowed" instead of "allow"${MUST}`],
		['{"result": {"allow": false}}', `and the response has "allow" only below another key${MUST}`],
		['[{"allow": false}]', `and the response has an "allow", but is a list, not a JSON object${MUST}`],
		['{"allow": false}\n{"ok": true}', `and the response has an "allow", but is not valid JSON${MUST}`],
		['\u0000{"allow": true}', `and the response has an "allow", but is not valid JSON${MUST}`],
		[')]}\',\n{"allow": false}', `and the response has an "allow", but is not a JSON object${MUST}`],
		["allow: false", `and the response has an "allow", but is not a JSON object${MUST}`],
		["<response><allow>false</allow></response>", `and the response has an "allow", but is not a JSON object${MUST}`],
	])("%j", (body, reason) => {
		for (const status of [200, 302, 404, 429, 500, 503]) {
			expect(reasonOf(body, { status })).toBe(`final: denied: ${status}, ${reason}`);
		}
	});

	it("gives its reason, even where it is not proved to be whole", () => {
		const no = '{"allow": false, "reason": "frozen\\nuntil Monday"}';
		expect(reasonOf(no, { status: 503, read: "undelimited" })).toBe("final: frozen until Monday");
		expect(reasonOf("", { status: 204, read: "undelimited" })).toMatch(
			/^final: denied: 204, but the response does not prove its end/,
		);
		expect(reasonOf(no, { read: "truncated" })).toBe("final: frozen until Monday");
	});

	it("does not follow from a status alone", () => {
		expect(judged('{"ok": false}', { status: 503 }).failure?.retryable).toBe(true);
		expect(judged('{"allow": true}', { status: 503 }).failure?.retryable).toBe(true);
		expect(judged('{"allow": true}', { status: 403 }).failure?.retryable).toBe(false);
	});
});

describe("require_allow", () => {
	it.each(["", "ok", "{}", '{"stored": true}'])("takes no silence for a yes: %j", (body) => {
		const reason = `final: denied: 200, but the response has no "allow", and require_allow is set${MUST}`;
		expect(reasonOf(body, { requireAllow: true })).toBe(reason);
		expect(reasonOf('{"allow": true}', { requireAllow: true })).toBe("a yes");
	});
});

describe("a service that judges its own responses", () => {
	it("is believed, and still denies by an explicit no and by a page", () => {
		const html = { "content-type": "text/html" };
		expect(reasonOf("ok", { service: "slack", headers: html })).toBe("a yes");
		expect(reasonOf("1", { service: "teams" })).toBe("a yes");
		expect(reasonOf('{"ok": true, "allow": false}', { service: "slack" })).toContain("final: denied: 200");
		expect(reasonOf("<html>sign in", { service: "teams" })).toContain("is an HTML page");
		expect(reasonOf("ok", { service: "slack", requireAllow: true })).toContain("require_allow is set");
	});
});

const jsonText = fc.json({ maxDepth: 3 });
const allow = fc.oneof(
	fc.constantFrom("true", "false", "null", '"true"', "1", "{}", "[]", "tru", ""),
	jsonText,
	fc.tuple(fc.constantFrom("[]", "{}"), fc.integer({ min: 1, max: 20_000 })).map(([brackets, depth]) => {
		const [open = "", close = ""] = brackets === "[]" ? ["[", "]"] : ['{"a":', "}"];
		return `${open.repeat(depth)}${close.repeat(depth)}`.replace(":}", ":1}");
	}),
);
const key = fc.constantFrom("allow", "\\u0061llow", "Allow", "allow ", "reason", "a");
const member = fc.tuple(key, allow).map(([name, value]) => `"${name}": ${value}`);
const objectText = fc.array(member, { maxLength: 4 }).map((members) => `{${members.join(", ")}}`);
const body = fc
	.tuple(
		fc.constantFrom("", "", "", "\ufeff", " \n", "\0", "x"),
		fc.oneof(objectText, objectText, jsonText, allow, oddText),
		fc.constantFrom("", "", "", "\n", "{}", "\0"),
	)
	.map((parts) => parts.join(""));

/** What JSON.parse reads, with how often each key of the outermost object is written. */
function reread(text: string): { readonly value: unknown; readonly allows: number } {
	const trimmed = text.trim();
	const value = parseJson(trimmed);
	let allows = 0;
	// Every `allow` is renamed in turn: as many names as there are keys.
	const renamed = trimmed.replaceAll(/"(?:allow|\\u0061llow)"(?=\s*:)/g, () => `"allow-${++allows}"`);
	return { value, allows: isObject(parseJson(renamed)) ? allows : 0 };
}

it("is a yes only as an object whose `allow` is written at most once and is true, and never a crash", () => {
	const type = fc.constantFrom("application/json", "application/problem+json; charset=utf-8", "text/plain");
	const name = fc.constantFrom("generic", "pagerduty", "datadog", "google_chat", "slack", "discord");
	fc.assert(
		fc.property(body, type, name, fc.boolean(), (text, contentType, service, requireAllow) => {
			const { failure } = judged(text, { headers: { "content-type": contentType }, service, requireAllow });
			if (failure !== undefined) {
				expect(failure).toMatchObject({
					retryable: false,
					reason: expect.stringMatching(/^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}]{1,600}$/u),
				});
				return;
			}
			const { value, allows } = reread(text);
			if (requireAllow) expect(value).toMatchObject({ allow: true });
			if (isObject(value)) {
				expect(allows).toBeLessThanOrEqual(1);
				expect(Object.hasOwn(value, "allow") ? value["allow"] : true).toBe(true);
			} else if (service !== "slack" && service !== "discord") {
				expect(value).toBe(undefined);
			}
		}),
		{ numRuns: 400 },
	);
});
