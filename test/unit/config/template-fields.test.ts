// Fields of templates: those that an event or a batch can have, and every other one, where it is named.
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { typed } from "../../../src/config/template-fields.ts";
import { type Form, VIEWS, type View } from "../../../src/config/template-forms.ts";
import { isJsonArray, isJsonObject, type Json, type JsonObject } from "../../../src/lib/json.ts";
import { CONTEXT_KEYS } from "../../../src/model/context.ts";
import { parseReference } from "../../../src/model/reference.ts";
import { batchView } from "../../../src/presets/story-body.ts";
import { TEMPLATE_VALUES, viewOf } from "../../../src/presets/view.ts";
import { anyEvent } from "../../helpers/any-event.ts";
import { onlyWarning, warned } from "../../helpers/parse.ts";
import { render } from "../../helpers/template.ts";

/** What is unknown in a template, with what to write instead. */
const unknown = (source: string, view: View = "event") =>
	typed(parseReference(source), view).unknown.map(({ message, remedy }) => `${message}; ${remedy}`);

/** Every dotted name that leads to something, but for those that cannot be written in a tag. */
function namesIn(value: Json, path: readonly string[] = []): readonly string[] {
	const own = path.length === 0 ? [] : [path.join(".")];
	const inside = isJsonArray(value) ? [...value.entries()] : isJsonObject(value) ? Object.entries(value) : [];
	const writable = inside.filter(([key]) => /^[A-Za-z0-9_]{1,20}$/.test(String(key)));
	return [...own, ...writable.flatMap(([key, item]) => namesIn(item, [...path, String(key)]))];
}

const FORMS: Readonly<Record<Form, (value: Json) => boolean>> = {
	text: (value) => typeof value === "string",
	number: (value) => typeof value === "number",
	boolean: (value) => typeof value === "boolean",
	texts: (value) => isJsonArray(value) && value.every((item) => typeof item === "string"),
	object: isJsonObject,
	objects: (value) => isJsonArray(value) && value.every(isJsonObject),
	facts: isJsonObject,
	events: (value) => isJsonArray(value) && value.every(isJsonObject),
	unknown: () => true,
};

describe("a field", () => {
	it("that any event or batch has is known, and of the form that it has", () => {
		fc.assert(
			fc.property(anyEvent, anyEvent, (first, second) => {
				const views: readonly (readonly [View, JsonObject])[] = [
					["event", viewOf(first)],
					["batch", batchView([first, second])],
				];
				for (const [view, value] of views) {
					for (const name of namesIn(value).slice(0, 100)) expect(unknown(`{{${name}}}`, view), name).toEqual([]);
					for (const [key, item] of Object.entries(value)) {
						const form = VIEWS[view].get(key);
						expect(form && FORMS[form](item), key).toBe(true);
					}
				}
			}),
			{ numRuns: 60 },
		);
	});

	it("of the table is a key of the context, or one of the values beside it", () => {
		expect([...VIEWS.event.keys()].toSorted()).toEqual([...CONTEXT_KEYS, ...TEMPLATE_VALUES].toSorted());
	});

	it("that is unknown inserts nothing from any event", () => {
		const name = fc
			.stringMatching(/^[a-z]{1,8}(_[a-z]{1,8})?(\.[a-z]{1,6})?$/)
			// Words of the language are no names.
			.filter((text) => !/^(?:if|else|elif|endif|this|truncate)\b/.test(text));
		fc.assert(
			fc.property(name, anyEvent, (field, event) => {
				if (unknown(`{{${field}}}`).length > 0) expect(render(`{{${field}}}`, viewOf(event))).toBe("");
			}),
			{ numRuns: 200 },
		);
	});
});

test.each([
	["{{piepline}}", "did you mean {{pipeline}}? Values of your own are in metadata: {{metadata.piepline}}"],
	["{{{piepline}}}", "did you mean {{pipeline}}? Values of your own are in metadata: {{metadata.piepline}}"],
	["{{#if piepline}}x{{/if}}", "did you mean {{pipeline}}?"],
	["{{^piepline}}x{{/piepline}}", "did you mean {{pipeline}}?"],
	["{{#piepline}}{{name}}{{/piepline}}", "did you mean {{pipeline}}?"],
	["{{metdata.rows}}", "did you mean {{metadata.rows}}?"],
	["{{branch}}", "did you mean {{ci.branch}}?"],
	["{{run_url}}", "did you mean {{ci.run_url}}?"],
	["{{brnach}}", "did you mean {{ci.branch}}?"],
	["{{fullyQualifiedName}}", "did you mean {{entity.fullyQualifiedName}}?"],
	["{{environment}}", "values of your own are in metadata: {{metadata.environment}}"],
	["{{ci.branhc}}", "did you mean {{ci.branch}}?"],
	["{{ci.colour}}", "the facts are provider, repository, "],
	["{{error.message}}", "error has no fields of its own: write {{error}}"],
	["{{ci.commit.sha}}", "did you mean {{ci.commit}}?"],
	["{{changes.field}}", "changes is a list: write {{#changes}}{{field}}{{/changes}}, or {{changes.0.field}}"],
	["{{owners.first}}", "owners is a list of texts: write {{#owners}}{{.}}{{/owners}}, or {{owners.0}}"],
	["{{#truncate 300}}{{eror}}{{/truncate}}", "did you mean {{error}}?"],
	["{{#if error}}{{else}}{{eror}}{{/if}}", "did you mean {{error}}?"],
	["{{#error}}{{eror}}{{/error}}", "did you mean {{error}}?"],
	["{{#owners}}{{eror}}{{/owners}}", "did you mean {{error}}?"],
	["{{#if metadata}}{{eror}}{{/if}}", "did you mean {{error}}?"],
	["{{#metadata}}{{#if a}}b{{/if}}{{/metadata}}{{eror}}", "did you mean {{error}}?"],
	["{{#ci}}{{branch}} {{brnach}}{{/ci}}", "did you mean {{ci.branch}}?"],
	["{{events.0.error}}", "set batch_size, or write the fields of the one event"],
	["{{count}}", "set batch_size, or write the fields of the one event"],
])("%s names a field that no event has", (source, help) => {
	expect(unknown(source)).toEqual([expect.stringContaining(help)]);
});

test.each([
	"{{metadata.anything}} {{data.a.b}} {{entity.owner.name}} {{resource.x}} {{ci.matrix.os}}",
	"{{#entity}}{{anything}}{{/entity}}",
	"{{#changes}}{{field}}{{#old}}{{x}}{{/old}}{{/changes}} {{changes.0.field}} {{changes.length}}",
	"{{#metadata.list}}{{anything}} {{.}}{{/metadata.list}}",
	"{{#ci}}{{branch}}{{pipeline}}{{/ci}}",
	"{{#metadata}}{{#if a}}{{b}}{{/if}} {{c}}{{/metadata}}",
	"{{#metadata}}{{^a}}{{b}}{{/a}} {{c}}{{/metadata}}",
	"{{#metadata}}{{#truncate 9}}{{b}}{{/truncate}} {{c}}{{/metadata}}",
	"{{#owners}}{{.}}{{/owners}} {{owners.0}}",
	"{{! piepline }}",
	"{{headline}}{{telling_line}}{{emoji}}{{duration}}{{short_sha}}{{run_link}}",
	"{{#is_failure}}{{error}}{{/is_failure}}{{^is_success}}x{{/is_success}}",
	"${piepline}",
])("%s names no such field", (source) => {
	expect(unknown(source)).toEqual([]);
});

describe("in a batch", () => {
	test.each([
		[
			"{{error}}",
			"{{error}} names a field that a batch of several events does not have; write {{#events}}{{error}}{{/events}}",
		],
		["{{metadata.x}}", "write {{#events}}{{metadata.x}}{{/events}}"],
		["{{#events}}{{eror}}{{/events}}", "did you mean {{error}}?"],
		["{{events.error}}", "events is a list: write {{#events}}{{error}}{{/events}}, or {{events.0.error}}"],
		["{{events.0.eror}}", "names a field that no event has"],
	])("%s inserts nothing", (source, help) => {
		expect(unknown(source, "batch")).toEqual([expect.stringContaining(help)]);
	});

	it("the events have what each event has, and the batch what they share", () => {
		const source = "{{count}} {{pipeline}} {{ci.branch}} {{headline}}{{#events}}{{error}} {{headline}}{{/events}}";
		expect(unknown(source, "batch")).toEqual([]);
		expect(unknown(`${source}{{error}}`, "either")).toEqual([]);
	});
});

describe("validate", () => {
	it.each([
		['body_template = \'{"a": "{{piepline}}"}\'', 25],
		['preset = "slack"\ntitle = "{{piepline}}"', 10],
		['preset = "slack"\nfields = { A = "x", B = "é {{piepline}}" }', 28],
		['preset = "slack"\nlinks = { A = "https://x.example/{{piepline}}" }', 34],
		['preset = "slack"\nmention = ["here", "{{piepline}}"]', 21],
	])("tells where it is: %s", (lines, column) => {
		const source = `[hook.webhooks.ping]\nurl = "\${U}"\n${lines}`;
		const { code, message, place } = onlyWarning(source);
		expect([code, message]).toEqual([
			"unknown_field",
			expect.stringMatching(/\{\{piepline\}\} names a field that no event has$/),
		]);
		expect(place).toMatchObject({ line: source.split("\n").length, column });
	});

	it("reads a template as its hook fills it", () => {
		const batch = '[hook.webhooks.ping]\nurl = "${U}"\nbatch_size = 5\n';
		expect(warned(`${batch}body_template = '{"a": "{{error}}"}'`)).toHaveLength(1);
		expect(warned(`${batch}preset = "slack"\ntitle = "{{error}} {{count}}"`)).toEqual([]);
	});
});
