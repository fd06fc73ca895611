// What every preset must hold to, whatever its service: one suite, run for each.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CATALOG } from "../../src/event/catalog.ts";
import { type EventContext, type PipelineEvent, STATUSES } from "../../src/event/event.ts";
import { isObject, type Json, type JsonObject } from "../../src/json.ts";
import type { Options, Preset } from "../../src/presets/preset.ts";
import { event } from "../helpers/make.ts";
import { arbitraryContext, HOSTILE, hostileEvent, monstrousEvent, RUN_URL } from "../helpers/presets.ts";

/** One limit of the service, as measured on a body. */
export interface Measure {
	readonly what: string;
	readonly size: number;
	readonly max: number;
}

/** What the suite has to know of a preset. */
export interface PresetCase {
	/** What a hook gives: every required option, every secret one. */
	readonly options: Options;
	/** Paths in the body, dotted, at which a secret option must stand. */
	readonly secretsAt: readonly string[];
	/** Throws where the service would refuse the body. */
	readonly validate: (body: JsonObject) => void;
	/** Empty for a preset whose receiver states no limits. */
	readonly limits: (body: JsonObject) => readonly Measure[];
	/** Whether it posts the context as it is, not a message made of it. */
	readonly whole?: boolean;
}

/** Runs the suite. */
export function presetSuite(preset: Preset, { options, secretsAt, validate, limits, whole = false }: PresetCase): void {
	/** Renders, and checks what must hold for every body. */
	function render(of: PipelineEvent) {
		const message = preset.render(of, options);
		for (const text of textsOf(message.body)) expect(text.isWellFormed(), JSON.stringify(text.slice(0, 99))).toBe(true);
		expect(JSON.parse(JSON.stringify(message.body))).toStrictEqual(message.body);
		for (const { what, size, max } of limits(message.body)) expect(size, what).toBeLessThanOrEqual(max);
		for (const phrase of message.cut) expect(phrase).toMatch(/^\S[^\n]{0,199}$/);
		validate(message.body);
		return message;
	}

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
			const given = deepFreeze(event("pipeline_error", { error: "boom", metadata: { rows: [1, { two: 2 }] } }));
			expect(preset.render(given, deepFreeze(options))).toStrictEqual(preset.render(given, options));
		});

		it.each(CATALOG.map(({ name }) => name))("renders %s in every status, cutting nothing", (name) => {
			for (const status of STATUSES) {
				const { body, cut } = render(event(name, { status, ci: { provider: "github", run_url: RUN_URL } }));
				expect(cut).toEqual([]);
				expect(JSON.stringify(body)).toContain(RUN_URL);
				if (!whole) expect(JSON.stringify(body)).toContain(event(name).definition.title);
			}
		});

		it("keeps title, status and run link of a monstrous event, and says what was cut", () => {
			const monster = monstrousEvent();
			const { body, cut } = render(monster);
			const sent = JSON.stringify(body);
			expect(sent).toContain(RUN_URL);
			expect(sent).toContain("failure");
			if (whole) return expect(cut).toEqual([]);
			expect(sent).toContain("Pipeline failed");
			expect(cut).not.toEqual([]);
			expect(sent).toContain("…");
		});

		it.each(HOSTILE)("takes a hostile text everywhere: %j", (text) => {
			render(hostileEvent(text));
		});

		it("puts a secret option where the service wants it, and nowhere else", () => {
			const secrets = Object.entries(preset.options).flatMap(([name, { secret }]) => (secret ? [options[name]] : []));
			const { body, cut } = render(event("pipeline_error", { error: "boom" }));
			const found = pathsOf(body).filter(([, value]) =>
				secrets.some((secret) => String(value).includes(String(secret))),
			);
			expect(found.map(([path]) => path)).toEqual(secretsAt);
			for (const secret of secrets) expect(cut.join()).not.toContain(secret);
		});

		it(`${whole ? "posts" : "shows no"} routing key that came in the metadata`, () => {
			const { body } = preset.render(event("pipeline_error", { metadata: { routing_key: "from-metadata" } }), options);
			expect(JSON.stringify(body).includes("from-metadata")).toBe(whole);
		});

		it("renders any context", () => {
			fc.assert(
				fc.property(arbitraryContext, fc.constantFrom(...CATALOG), (context: EventContext, definition) => {
					render({ definition, context });
				}),
				{ numRuns: 100 },
			);
		});
	});
}

/** Every string and key of a value. */
export function textsOf(value: Json): readonly string[] {
	if (typeof value === "string") return [value];
	if (!isObject(value) && !Array.isArray(value)) return [];
	return Object.entries(value).flatMap(([key, item]) => [key, ...textsOf(item)]);
}

function pathsOf(value: Json, path = ""): readonly (readonly [string, Json])[] {
	if (!isObject(value) && !Array.isArray(value)) return [[path, value]];
	return Object.entries(value).flatMap(([key, item]) => pathsOf(item, path === "" ? key : `${path}.${key}`));
}

function deepFreeze<T>(value: T): T {
	if (typeof value === "object" && value !== null) Object.values(Object.freeze(value)).forEach(deepFreeze);
	return value;
}
