// What every preset must hold to for any event and any options, and not only for those that someone thought of.
import fc from "fast-check";
import { expect, it } from "vitest";
import { CATALOG } from "../../src/model/catalog.ts";
import type { PipelineEvent } from "../../src/model/event.ts";
import type { Options, Preset } from "../../src/model/preset.ts";
import { oneLine } from "../../src/presets/text.ts";
import { anyEvent, anyOptions } from "../helpers/any-event.ts";
import { RUN_URL } from "../helpers/presets.ts";
import { type Checked, renderBatch, renderBatchChecked, renderChecked, renderEvent } from "../helpers/rendered.ts";

/** Adds the properties to a suite. `whole` as in the suite's own case. */
export function presetProperties(preset: Preset, given: Options, service: Checked, whole: boolean): void {
	const options = anyOptions(preset, given);

	it("makes of any event and any options a message that its service takes", () => {
		fc.assert(
			fc.property(anyEvent, options, (event, chosen) => {
				renderChecked(preset, event, chosen, service);
			}),
			{ numRuns: 12 },
		);
	});

	it("keeps title, status and run link of any event, whatever else is in it", () => {
		fc.assert(
			fc.property(
				anyEvent,
				fc.constantFrom(...CATALOG),
				options,
				({ context }, definition, { custom_details: _, title: __, ...chosen }) => {
					const ci = { provider: "github", ...context.ci, run_url: RUN_URL };
					const { body } = renderEvent(preset, { definition, context: { ...context, ci } }, chosen);
					const sent = JSON.stringify(body);
					expect(sent).toContain(RUN_URL);
					const isUsual = context.status === definition.status && definition.phase !== "pipeline";
					if (!whole && isUsual) expect(sent).toContain(definition.title);
				},
			),
			{ numRuns: 12 },
		);
	});

	it("makes of any batch and any options a message that its service takes, with the right count", () => {
		fc.assert(
			fc.property(
				fc.array(anyEvent, { minLength: 2, maxLength: 8 }),
				options,
				([first, ...more], { title: _, ...chosen }) => {
					if (first === undefined) return;
					const { body } = renderBatchChecked(preset, [first, ...more], chosen, service);
					if (!whole) expect(JSON.stringify(body)).toContain(`${more.length + 1} events`);
				},
			),
			{ numRuns: 8 },
		);
	});

	it("says so when anything of what it shows of a batch is missing", () => {
		fc.assert(
			fc.property(fc.array(anyEvent, { minLength: 2, maxLength: 12 }), (events) => {
				const marked = events.map((event, index) => markLine(event, index));
				const [first, ...more] = marked.map(({ event }) => event);
				if (first === undefined) return;
				const { body, notes } = renderBatch(preset, [first, ...more], given);
				const sent = JSON.stringify(body);
				// Several successes are one line with their number, where anything else happened.
				const isGood = ({ context }: PipelineEvent) => context.status === "success";
				const good = events.filter(isGood).length;
				const told = marked.filter(({ event }) => good < 2 || good === events.length || !isGood(event));
				const missing = told.flatMap(({ marks }) => marks).filter((text) => !sent.includes(text));
				if (notes.length === 0) expect(missing).toEqual([]);
				if (whole) expect(notes).toEqual([]);
			}),
			{ numRuns: 8 },
		);
	});

	it("says so when anything of what it shows is missing", () => {
		fc.assert(
			fc.property(anyEvent, (event) => {
				const { event: marked, marks } = mark(event);
				const { body, notes } = renderEvent(preset, marked, given);
				const sent = JSON.stringify(body);
				const missing = marks.filter((text) => !sent.includes(text));
				if (notes.length === 0) expect(missing).toEqual([]);
				if (whole) expect(notes).toEqual([]);
			}),
			{ numRuns: 12 },
		);
	});
}

/** The event with a mark at the end of what a batch's line shows of it. */
function markLine({ definition, context }: PipelineEvent, index: number): ReturnType<typeof mark> {
	const [name, error] = [`NAME${index}END`, `ERROR${index}END`];
	const ended = (text: string | undefined, end: string) => `${(text ?? "").replaceAll("\x1b", "")} ${end}`;
	const given = { model: ended(context.model, name), error: ended(oneLine(context.error ?? ""), error) };
	// The headlines of these are about a pipeline or a commit, whatever model they give.
	const isNamed = definition.phase !== "pipeline" && definition.name !== "commit";
	return { event: { definition, context: { ...context, ...given } }, marks: isNamed ? [name, error] : [error] };
}

/** The event with a mark at the end of each text that is shown; without terminal sequences, which may swallow one. */
function mark({ definition, context }: PipelineEvent): {
	readonly event: PipelineEvent;
	readonly marks: readonly string[];
} {
	const marks: string[] = [];
	const ended = (text = "") => {
		marks.push(`END${marks.length}END`);
		return `${text.replaceAll("\x1b", "")} ${marks.at(-1)}`;
	};
	const own = Object.entries(context.metadata ?? {}).slice(0, 20);
	const event = {
		definition,
		context: {
			...context,
			pipeline: ended(context.pipeline),
			table: ended(context.table),
			error: ended(context.error),
			project_id: ended(context.project_id),
			entity: { name: ended() },
			owners: [ended(context.owners?.[0])],
			changes: [{ field: ended(), old: ended(), new: [ended()] }],
			metadata: Object.fromEntries(own.map(([key]) => [ended(key), ended(key)])),
			ci: {
				provider: "github",
				repository: ended(context.ci?.repository),
				branch: ended(context.ci?.branch),
				actor: ended(context.ci?.actor),
				commit: ended(context.ci?.commit),
			},
		},
	};
	return { event, marks };
}
