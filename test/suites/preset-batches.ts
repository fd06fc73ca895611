// What every preset must hold to for batches: one good message, of one event, of two or of a thousand.
import { expect, it } from "vitest";
import type { Json } from "../../src/lib/json.ts";
import { type Events, type PipelineEvent, STATUSES } from "../../src/model/event.ts";
import type { Options, Preset } from "../../src/model/preset.ts";
import { event } from "../helpers/make.ts";
import { batch, HOSTILE, hostileEvent, monstrousEvent, RUN_URL } from "../helpers/presets.ts";
import { type Checked, renderBatch, renderBatchChecked, renderEvent } from "../helpers/rendered.ts";

const CI = { provider: "github", repository: "acme/shop", branch: "main", run_url: RUN_URL };
const NAMES = {
	failure: "model_error",
	cancelled: "job.stopped",
	warning: "drift_detected",
	success: "after_model_run",
	started: "before_model_run",
	info: "entityUpdated",
} as const;

/** An event about a model whose name no other event has. */
function numbered(index: number, status: keyof typeof NAMES = "success"): PipelineEvent {
	const model = `model.${String(index).padStart(4, "0")}.x`;
	return event(NAMES[status], { id: `evt_${index}`, model, error: status === "failure" ? "boom" : "", ci: CI });
}

/** The places of the events that a message shows, keys aside, in the order in which it shows them for the last time. */
function placesIn(body: Json): readonly number[] {
	const found = [...JSON.stringify(body).matchAll(/(?<!=)model\.(\d{4})\.x/g)].map(([, number]) => Number(number));
	return [...new Set(found.toReversed())].toReversed();
}

/** How many events of a thousand a message counts as left out. */
function leftOut(body: Json): number {
	return Number(/… and (\d+) more/.exec(JSON.stringify(body))?.[1] ?? 0);
}

/** How many successes a message has counted on one line, in place of a line each. */
function counted(body: Json): number {
	return Number(/✅ (\d+) succeeded/.exec(JSON.stringify(body))?.[1] ?? 0);
}

/** Adds the tests of batches to a suite. `whole` as in the suite's own case. */
export function presetBatches(preset: Preset, options: Options, service: Checked, whole: boolean): void {
	const render = (events: Events) => renderBatchChecked(preset, events, options, service);

	it("is pure for batches too", () => {
		const events = batch(3, (index) => numbered(index, "failure"));
		const before = structuredClone(events);
		expect(renderBatch(preset, events, options)).toStrictEqual(renderBatch(preset, events, options));
		expect(events).toStrictEqual(before);
	});

	it("renders a batch of one", () => {
		const { body, notes } = render([numbered(7, "failure")]);
		if (whole) expect(placesIn(body)).toEqual([7]);
		else expect({ body, notes }).toEqual(renderEvent(preset, numbered(7, "failure"), options));
	});

	it("renders a batch of two, truncating nothing", () => {
		const { body, notes } = render([numbered(0), numbered(1, "failure")]);
		expect(placesIn(body)).toEqual(whole ? [0, 1] : [1, 0]);
		expect(notes).toEqual([]);
		const sent = JSON.stringify(body);
		expect(sent).toContain(RUN_URL);
		expect(sent).toContain("boom");
		if (!whole) expect(sent).toContain("2 events: 1 failed, 1 succeeded – etl on main");
	});

	it.each([30, 1000])(
		"accounts for each of %d events, in the order in which they happened, successes as one number",
		(count) => {
			const { body, notes } = render(batch(count, (index) => numbered(index, index % 3 === 0 ? "success" : "started")));
			const shown = placesIn(body);
			expect(shown).toEqual(shown.toSorted((one, other) => one - other));
			expect(shown.length + leftOut(body) + counted(body)).toBe(count);
			if (whole) return expect([shown.length, notes]).toEqual([count, []]);
			const began = Math.floor((count * 2) / 3);
			expect(JSON.stringify(body)).toContain(`${count} events: ${count - began} succeeded, ${began} started – etl`);
			if (leftOut(body) === 0) return expect(notes).toEqual([]);
			expect(notes).toEqual([expect.stringMatching(new RegExp(`^${leftOut(body)} of ${count} events left out: `))]);
		},
	);

	it("shows each failure among a thousand events, and the number of successes", () => {
		const failed = [150, 420, 998];
		const events = batch(1000, (index) => numbered(index, failed.includes(index) ? "failure" : "success"));
		const { body } = render(events);
		expect(placesIn(body)).toEqual(expect.arrayContaining(failed));
		if (whole) return;
		expect(JSON.stringify(body)).toContain("1000 events: 3 failed, 997 succeeded – etl");
		expect(counted(body)).toBe(997);
	});

	it("says how many of those left out failed, when so many did", () => {
		const { body, notes } = render(batch(1000, (index) => numbered(index, index % 10 === 0 ? "success" : "failure")));
		if (whole) return expect(placesIn(body)).toHaveLength(1000);
		const failed = leftOut(body);
		expect(failed).toBeGreaterThan(0);
		expect(JSON.stringify(body)).toContain(`… and ${failed} more: ${failed} failed`);
		expect(notes).toEqual([`${failed} of 1000 events left out: ${failed} failed`]);
	});

	it.each(STATUSES)("takes %s for the worst status, or beside others", (status) => {
		for (const other of STATUSES) {
			const { body, notes } = render([numbered(0, other), numbered(1, status), numbered(2, other)]);
			const isMixed = !whole && new Set([status, other]).size > 1;
			const places = isMixed && other === "success" ? [1] : [0, 1, 2];
			expect(placesIn(body).toSorted()).toEqual(places);
			expect(counted(body)).toBe(3 - places.length);
			expect(notes).toEqual([]);
		}
	});

	it("links to a failed run where the events are of several", () => {
		const of = (index: number) =>
			event(index === 1 ? "pipeline_error" : "pipeline_complete", {
				pipeline: `etl.${index}`,
				ci: { ...CI, run_url: `https://ci.example/${index}` },
			});
		const sent = JSON.stringify(render(batch(3, of)).body);
		expect(sent).toContain("https://ci.example/1");
		expect(sent).toContain("etl.1");
		if (!whole) expect(sent).not.toContain("https://ci.example/0");
	});

	it.each(HOSTILE)("takes a hostile text everywhere in a batch: %j", (text) => {
		render([hostileEvent(text), numbered(1, "failure"), hostileEvent(text)]);
	});

	it("keeps count and run link of a monstrous batch, and says what was truncated", () => {
		const monster = monstrousEvent();
		const { body, notes } = render(batch(whole ? 2 : 12, () => monster));
		const sent = JSON.stringify(body);
		expect(sent).toContain(RUN_URL);
		if (whole) return expect(notes).toEqual([]);
		expect(sent).toContain("12 events: 12 failed – line");
		expect(sent).toContain("failed");
		expect(notes).toContainEqual(
			expect.stringMatching(/^\w+(?: of \d+ events?)? truncated to \d+ (?:characters|bytes)$/),
		);
	});

	it("puts a secret option into a batch where it is in a message of one event, and shows no other", () => {
		const secrets = Object.entries(preset.options).flatMap(([name, { secret }]) => (secret ? [options[name]] : []));
		const secret = event("pipeline_error", { metadata: { routing_key: "from-metadata" } });
		const { body, notes } = renderBatch(preset, [secret, numbered(1), secret], options);
		const single = JSON.stringify(renderEvent(preset, secret, options).body);
		for (const text of secrets.map(String)) {
			expect(JSON.stringify(body).split(text)).toHaveLength(single.split(text).length);
			expect(notes.join()).not.toContain(text);
		}
		expect(JSON.stringify(body).includes("from-metadata")).toBe(whole);
	});
}
