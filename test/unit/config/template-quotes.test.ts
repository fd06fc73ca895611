// Tags of JSON bodies that break them: told where they are, and only where the body breaks.
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { typed } from "../../../src/config/template-fields.ts";
import { misquoted } from "../../../src/config/template-quotes.ts";
import { parseReference } from "../../../src/model/reference.ts";
import { viewOf } from "../../../src/presets/view.ts";
import { BodyError, parseJsonBody } from "../../../src/template/body.ts";
import { event } from "../../helpers/make.ts";
import { onlyWarning, warned } from "../../helpers/parse.ts";
import { render, template } from "../../helpers/template.ts";

const told = (source: string) =>
	misquoted(typed(parseReference(source), "event")).map(({ message, remedy }) => `${message}; ${remedy}`);

test.each([
	[
		'{"text": {{pipeline}}}',
		'{{pipeline}} inserts a text without quotes; write "{{pipeline}}" in quotes, or {{{pipeline}}} without',
	],
	['{"text": {{ci.branch}}}', "{{ci.branch}} inserts a text without quotes"],
	['{"text": {{headline}}, "x": 1}', "{{headline}} inserts a text without quotes"],
	["[{{#owners}}{{.}}{{/owners}}, {{error}}]", "{{error}} inserts a text without quotes"],
	['{"a": "\\"", "text": {{error}}}', "{{error}} inserts a text without quotes"],
	['{{#if error}}{"text": {{error}}}{{else}}{}{{/if}}', "{{error}} inserts a text without quotes"],
	[
		'{"text": "{{{error}}}"}',
		'{{{error}}} is in quotes but adds its own; write {{{error}}} without quotes, or "{{error}}" with',
	],
	['{"text": "so: {{{owners}}}"}', "{{{owners}}} is in quotes but adds its own"],
	['{"all": {{metadata}}}', undefined],
	['{"owners": {{owners}}}', "{{owners}} inserts JSON that is escaped for a text; write {{{owners}}}"],
	[
		'{"n": {{duration_ms}}}',
		"{{duration_ms}} inserts nothing where an event has no duration_ms; write {{{duration_ms}}}",
	],
])("%s is told", (source, what) => {
	expect(told(source)).toEqual(
		what === undefined ? [expect.stringContaining("{{metadata}}")] : [expect.stringContaining(what)],
	);
});

test.each([
	'{"text": "{{pipeline}}", "e": {{{error}}}, "n": {{{duration_ms}}}}',
	'{"text": "{{metadata.a}}", "n": {{metadata.n}}, "m": {{{metadata.m}}}}',
	'{{#if duration_ms}}{"n": {{duration_ms}}}{{else}}{}{{/if}}',
	'{"failed": {{is_failure}}}',
	'{"n": "{{{duration_ms}}} ms"}',
	'{"a": "\\\\{{pipeline}}"}',
	'{"{{event}}": {}}',
	'{"a": {{#if error}}"{{else}}"x{{/if}}{{error}}"}',
	"${BODY}",
])("%s is not", (source) => {
	expect(told(source)).toEqual([]);
});

it("what is told breaks the body of an event with all of it, or of one without any", () => {
	const full = event("pipeline_error", {
		error: "no disk",
		duration_ms: 5,
		owners: ["ann"],
		metadata: { a: 1 },
		ci: { branch: "main" },
	});
	const bare = event("pipeline_error");
	const isBroken = (source: string) =>
		[full, bare].some((of) => {
			const body = render(source, viewOf(of), { escaping: "json" });
			try {
				parseJsonBody(body, template(source));
				return false;
			} catch (error) {
				if (error instanceof BodyError) return true;
				throw error;
			}
		});
	const name = fc.constantFrom(
		"error",
		"pipeline",
		"duration_ms",
		"owners",
		"metadata",
		"headline",
		"is_failure",
		"ci.branch",
	);
	const tag = fc.tuple(name, fc.boolean()).map(([field, isJson]) => (isJson ? `{{{${field}}}}` : `{{${field}}}`));
	const value = fc.oneof(
		tag.map((text) => `"${text}"`),
		tag.map((text) => `"so ${text} \\" ${text}"`),
		tag,
		fc.tuple(name, tag).map(([field, text]) => `{{#if ${field}}}${text}{{else}}null{{/if}}`),
	);
	const source = fc
		.array(value, { minLength: 1, maxLength: 3 })
		.map((all) => `{${all.map((text, at) => `"${at}": ${text}`).join(", ")}}`);
	let broken = 0;
	let missed = 0;
	fc.assert(
		fc.property(source, (text) => {
			const found = told(text);
			if (found.length > 0) expect(isBroken(text), found.join()).toBe(true);
			else if (!text.includes("{{#if") && isBroken(text)) missed++;
			broken += Math.min(1, found.length);
		}),
		{ numRuns: 500 },
	);
	expect(broken).toBeGreaterThan(150);
	expect(missed).toBe(0);
});

describe("validate", () => {
	const hook = (...lines: readonly string[]) => `[hook.webhooks.ping]\nurl = "\${U}"\n${lines.join("\n")}`;

	it("tells the tag's own line and column", () => {
		expect(onlyWarning(hook("body_template = '''\n{\n  \"text\": {{pipeline}}\n}'''"))).toMatchObject({
			code: "not_json",
			message: "body_template: {{pipeline}} inserts a text without quotes",
			place: { line: 5, column: 11 },
		});
	});

	test.each([
		["text/plain", 0],
		["application/x-www-form-urlencoded", 0],
		["${TYPE}", 0],
		["application/vnd.x+json; charset=utf-8", 1],
	])("with the content type %s: %i", (type, count) => {
		expect(warned(hook(`headers = { Content-Type = "${type}" }`, "body_template = 'text={{pipeline}}'"))).toHaveLength(
			count,
		);
	});
});
