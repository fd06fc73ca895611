// Any event that there may be, and any options that a hook may give a preset with it.
import fc from "fast-check";
import type { Json, JsonObject } from "../../src/lib/json.ts";
import { CATALOG } from "../../src/model/catalog.ts";
import { type EventContext, type EventDefinition, type PipelineEvent, STATUSES } from "../../src/model/event.ts";
import type { OptionSpec, Options, Preset } from "../../src/model/preset.ts";
import { oddPiece, oddText } from "./odd-text.ts";
import { HOSTILE, RUN_URL } from "./presets.ts";

const repeated = (lengths: readonly number[]) =>
	fc
		.tuple(oddText, oddPiece, fc.constantFrom(...lengths))
		.map(([start, piece, length]) => start + piece.repeat(length / Math.max(1, piece.length)));

/** A text as long as people write them, or longer than any service takes. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
	{ weight: 120, arbitrary: oddText },
	{ weight: 40, arbitrary: fc.constantFrom(...HOSTILE) },
	{ weight: 40, arbitrary: repeated([50, 150, 300, 1000, 3000, 10_000]) },
	{ weight: 1, arbitrary: repeated([100_000, 1_000_000]) },
);

const { json } = fc.letrec<{ json: Json }>((tie) => ({
	json: fc.oneof(
		{ maxDepth: 3 },
		oddText,
		anyText,
		fc.constantFrom<Json>(0, -0, 5e-324, 1e308, true, false, null, "", [], {}),
		fc.array(tie("json"), { maxLength: 3 }),
		fc.dictionary(oddText, tie("json"), { maxKeys: 3 }),
	),
}));

/** Few values or very many, or some nested as deep as inputs may be. */
const values: fc.Arbitrary<JsonObject> = fc.oneof(
	{ weight: 6, arbitrary: fc.dictionary(anyText, json, { maxKeys: 8 }) },
	{
		weight: 1,
		arbitrary: fc
			.tuple(fc.nat(600), anyText, oddText)
			.map(([count, value, key]) =>
				Object.fromEntries(Array.from({ length: count }, (_, at) => [`${key}${at}`, value.slice(0, 400)])),
			),
	},
	{
		weight: 1,
		arbitrary: fc
			.nat(490)
			.map((depth): JsonObject => JSON.parse(`{"deep": ${'[{"a":'.repeat(depth / 2)}1${"}]".repeat(depth / 2)}}`)),
	},
);
/** As it comes out of JSON: `__proto__` is a key like any other. */
const object = values.map((all): JsonObject => JSON.parse(JSON.stringify(all)));

const runUrl = fc.oneof(
	fc.constantFrom(RUN_URL, "https://ci.example/@a?b=1&c=<d>|(e)%"),
	anyText,
	fc
		.tuple(fc.constantFrom("https://ci.example/", "http://u:p@ci.example:8080/a?", "https://ci.example/#"), anyText)
		.map((parts) => parts.join("")),
);
const duration = fc.oneof(
	fc.constantFrom(0, 0.4, 5e-324, 999.5, 59_949.9, 59_950, 3_599_500, 1e21, Number.MAX_VALUE),
	fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }),
);

const definition: fc.Arbitrary<EventDefinition> = fc.oneof(
	fc.constantFrom(...CATALOG),
	fc.record({
		name: fc.constantFrom("deploy_approved", "A.b-c", "x".repeat(100)),
		phase: anyText,
		status: fc.constantFrom(...STATUSES),
		title: anyText,
	}),
);

const context: fc.Arbitrary<Omit<EventContext, "event">> = fc.record(
	{
		id: anyText,
		run_id: anyText,
		pipeline: anyText,
		timestamp: fc.constantFrom("2026-04-02T14:30:00Z", "0001-01-01T00:00:00.001Z", "9999-12-31T23:59:59.999Z"),
		status: fc.constantFrom(...STATUSES),
		model: anyText,
		table: anyText,
		error: anyText,
		duration_ms: duration,
		entity: object,
		changes: fc.array(object, { maxLength: 3 }),
		owners: fc.array(anyText, { maxLength: 5 }),
		followers: fc.array(anyText, { maxLength: 2 }),
		project_id: anyText,
		data: object,
		resource: object,
		metadata: object.map((all) => Object.fromEntries(Object.entries(all).filter(([key]) => key !== ""))),
		ci: fc.record(
			{ provider: anyText, repository: anyText, branch: anyText, commit: anyText, actor: anyText, run_url: runUrl },
			// As nothing that was JSON has.
			{ requiredKeys: ["provider"], noNullPrototype: true },
		),
	},
	{ requiredKeys: ["id", "run_id", "pipeline", "timestamp", "status"] },
);

/** Any event. */
export const anyEvent: fc.Arbitrary<PipelineEvent> = fc
	.tuple(definition, context)
	.map(([known, given]) => ({ definition: known, context: { ...given, event: known.name } }));

/** Any options of a preset: the given ones that are secret, and for the others whatever variables may put in. */
export function anyOptions(preset: Preset, given: Options): fc.Arbitrary<Options> {
	const all: Record<string, fc.Arbitrary<Json | undefined>> = {};
	for (const [name, { kind, choices = [], secret, template }] of Object.entries(preset.options)) {
		if (template) {
			all[name] = fc.option(anyTemplate(kind), { nil: undefined });
			continue;
		}
		all[name] = secret ? fc.constant(given[name]) : fc.option(anyOption(kind, choices), { nil: undefined });
	}
	return fc.record(all).map((options) => JSON.parse(JSON.stringify(options)));
}

/** Texts with tags, and with what a template takes for text. */
function anyTemplate(kind: OptionSpec["kind"]): fc.Arbitrary<Json> {
	const plain = anyText.map((text) => text.replaceAll(/\{(?=\{)/g, "{ "));
	const text = fc.oneof(
		plain,
		fc.constantFrom("{{headline}}", "{{error}} {{metadata.rows}}", "https://x.example/{{table}}"),
	);
	if (kind === "table") return fc.dictionary(anyText, text, { maxKeys: 5, noNullPrototype: true });
	return kind === "strings" ? fc.array(text, { maxLength: 30 }) : text;
}

function anyOption(kind: OptionSpec["kind"], choices: readonly string[]): fc.Arbitrary<Json> {
	switch (kind) {
		case "string":
			return anyText;
		case "boolean":
			return fc.boolean();
		case "strings":
			return fc.oneof(anyText, fc.array(anyText, { maxLength: 30 }));
		case "table":
			return object;
		case "choice":
			return fc.oneof(fc.constantFrom(...choices), oddText);
	}
}
