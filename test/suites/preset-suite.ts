// What every preset must hold to, whatever its service: one suite, run for each.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isJsonObject, isObject, type Json, type JsonObject } from "../../src/lib/json.ts";
import { CATALOG } from "../../src/model/catalog.ts";
import { type PipelineEvent, STATUSES } from "../../src/model/event.ts";
import type { Options, Preset } from "../../src/model/preset.ts";
import { headline } from "../../src/presets/headline.ts";
import { anyEvent, anyOptions } from "../helpers/any-event.ts";
import { event } from "../helpers/make.ts";
import { failedPipeline, finishedRun, HOSTILE, hostileEvent, monstrousEvent, RUN_URL } from "../helpers/presets.ts";
import { type Checked, renderBatch, renderChecked, renderEvent } from "../helpers/rendered.ts";
import { presetBatches } from "./preset-batches.ts";
import { presetEnvelopes } from "./preset-envelopes.ts";
import { presetProperties } from "./preset-properties.ts";

/** What the suite has to know of a preset. */
export interface PresetCase extends Checked {
	/** What a hook gives: every required option, every secret one. */
	readonly options: Options;
	/** Paths in the body, dotted, at which a secret option must stand. */
	readonly secretsAt: readonly string[];
	/** Whether it posts the context as it is, not a message made of it. */
	readonly whole?: boolean;
	/** Whether another system has laid down what the body holds, so that not everything of an event has a place in it. */
	readonly fixed?: boolean;
	/** Throws where a text of an event would mean anything to the service; no option mentions anybody. */
	readonly literal?: (body: JsonObject) => void;
	/** Gives an event what the preset cannot do without. */
	readonly complete?: (event: PipelineEvent) => PipelineEvent;
}

/** Runs the suite. */
export function presetSuite(preset: Preset, of: PresetCase): void {
	const { options, secretsAt, whole = false, fixed = false, literal, complete = (event) => event, ...service } = of;
	const render = (event: PipelineEvent) => renderChecked(preset, complete(event), options, service);

	describe(`the ${preset.name} preset, as every preset,`, () => {
		it("is documented: a title, and each option with one line and fitting choices", () => {
			expect(preset.title).not.toBe("");
			for (const [name, { kind, choices, summary }] of Object.entries(preset.options)) {
				expect(name).toMatch(/^[a-z]+(_[a-z]+)*$/);
				expect(summary).toMatch(/^[A-Z][^\n]*[^.\n]$/);
				expect(choices !== undefined && choices.length > 1, name).toBe(kind === "choice");
			}
		});

		it("is pure: the same frozen event and options give the same message", () => {
			const given = deepFreeze(
				complete(event("pipeline_error", { error: "boom", metadata: { rows: [1, { two: 2 }] } })),
			);
			expect(renderEvent(preset, given, deepFreeze(options))).toStrictEqual(renderEvent(preset, given, options));
		});

		it("writes a failed pipeline and the batch of a whole run to the byte", () => {
			const [first, ...more] = finishedRun();
			const batch = renderBatch(preset, [complete(first), ...more.map(complete)], options);
			for (const { body, notes } of [renderEvent(preset, complete(failedPipeline()), options), batch]) {
				expect(JSON.stringify(body, null, "\t")).toMatchSnapshot();
				expect(notes).toEqual([]);
			}
		});

		it.each(CATALOG.map(({ name }) => name))("renders %s in every status, truncating nothing", (name) => {
			for (const status of STATUSES) {
				const { body, notes } = render(event(name, { status, ci: { provider: "github", run_url: RUN_URL } }));
				expect(notes).toEqual([]);
				if (fixed) continue;
				expect(JSON.stringify(body)).toContain(RUN_URL);
				if (!whole && status === event(name).definition.status) {
					const { definition } = event(name);
					const line = definition.phase === "pipeline" ? headline(event(name)) : definition.title;
					expect(JSON.stringify(body)).toContain(line);
				}
			}
		});

		it(`takes a monstrous event${fixed ? "" : ", keeps its title, status and run link, and says what was truncated"}`, () => {
			const { body, notes } = render(monstrousEvent());
			if (fixed) return;
			const sent = JSON.stringify(body);
			expect(sent).toContain(RUN_URL);
			if (whole) return expect(notes).toEqual([]);
			expect(sent).toContain("failed");
			expect(notes).not.toEqual([]);
			expect(sent).toContain("…");
		});

		if (!fixed)
			it("keeps both ends of an error that is a whole log: either may say what went wrong", () => {
				const error = `first words\n${"a line of the log\n".repeat(60_000)}last words`;
				const sent = JSON.stringify(render(event("pipeline_error", { error })).body);
				expect(sent).toContain("first words");
				expect(sent).toContain("last words");
			});

		it.each(HOSTILE)("takes a hostile text everywhere: %j", (text) => {
			render(hostileEvent(text));
		});

		it("puts a secret option where the service wants it, and nowhere else", () => {
			const secrets = Object.entries(preset.options).flatMap(([name, { secret }]) => (secret ? [options[name]] : []));
			const { body, notes } = render(event("pipeline_error", { error: "boom" }));
			const found = pathsOf(body).filter(([, value]) =>
				secrets.some((secret) => String(value).includes(String(secret))),
			);
			expect(found.map(([path]) => path)).toEqual(secretsAt);
			for (const secret of secrets) expect(notes.join()).not.toContain(secret);
		});

		if (fixed) return presetEnvelopes(preset, options, service, complete);

		it(`${whole ? "posts" : "shows no"} routing key that came in the metadata`, () => {
			const { body } = renderEvent(
				preset,
				event("pipeline_error", { metadata: { routing_key: "from-metadata" } }),
				options,
			);
			expect(JSON.stringify(body).includes("from-metadata")).toBe(whole);
		});

		presetBatches(preset, options, service, whole);
		if (literal !== undefined) presetLiterals(preset, options, literal);
		presetProperties(preset, options, service, whole);
	});
}

/** Adds the tests that a stranger's text stays text. */
function presetLiterals(preset: Preset, given: Options, literal: (body: JsonObject) => void): void {
	const check = (first: PipelineEvent, more: readonly PipelineEvent[], { mention: _, ...options }: Options) => {
		literal(renderEvent(preset, first, options).body);
		const { body } = renderBatch(preset, [first, ...more], options);
		if (!isJsonObject(body)) throw new Error("a batch that is not an object");
		literal(body);
	};

	it.each(HOSTILE)("takes a hostile text literally: %j", (text) => {
		check(hostileEvent(text), [event("ping"), hostileEvent(text)], given);
	});

	it("takes every text of any event literally, alone and in a batch, for any options", () => {
		const events = fc.array(anyEvent, { maxLength: 4 });
		fc.assert(fc.property(anyEvent, events, anyOptions(preset, given), check), { numRuns: 15 });
	});
}

function pathsOf(value: Json, path = ""): readonly (readonly [string, Json])[] {
	if (!isObject(value) && !Array.isArray(value)) return [[path, value]];
	return Object.entries(value).flatMap(([key, item]) => pathsOf(item, path === "" ? key : `${path}.${key}`));
}

function deepFreeze<T>(value: T): T {
	if (typeof value === "object" && value !== null) Object.values(Object.freeze(value)).forEach(deepFreeze);
	return value;
}
