// What a preset must hold to whose body another system has laid down: a batch is a list of such bodies.
import fc from "fast-check";
import { expect, it } from "vitest";
import { isJsonObject, type Json } from "../../src/lib/json.ts";
import type { PipelineEvent } from "../../src/model/event.ts";
import type { Options, Preset } from "../../src/model/preset.ts";
import { anyEvent, anyOptions } from "../helpers/any-event.ts";
import { type Checked, type Checks, renderBatchChecked, renderChecked, renderEvent } from "../helpers/rendered.ts";

/** Adds the tests of such a preset to a suite. `complete` as in the suite's own case. */
export function presetEnvelopes(
	preset: Preset,
	given: Options,
	service: Checked,
	complete: (event: PipelineEvent) => PipelineEvent,
): void {
	const options = anyOptions(preset, given);
	const event = anyEvent.map(complete);

	it("makes of any event and any options a message that its receivers take", () => {
		fc.assert(
			fc.property(event, options, (of, chosen) => {
				renderChecked(preset, of, chosen, service);
			}),
			{ numRuns: 25 },
		);
	});

	it("makes of any batch a list of the bodies that its events have alone, and of any options what is taken", () => {
		fc.assert(
			fc.property(fc.array(event, { minLength: 1, maxLength: 8 }), options, ([first, ...more], chosen) => {
				if (first === undefined) return;
				renderBatchChecked(preset, [first, ...more], chosen, service);
				const { body } = renderBatchChecked(preset, [first, ...more], given, service);
				expect(body).toEqual([first, ...more].map((of) => renderEvent(preset, of, given).body));
			}),
			{ numRuns: 15 },
		);
	});
}

/** The checks of a batch that is a list of bodies; one object is checked as a body. */
export function listOf(checks: Checked): Checks<Json> {
	const objects = (body: Json) => (Array.isArray(body) ? body : [body]).map((one) => (isJsonObject(one) ? one : {}));
	return {
		validate: (body) => objects(body).forEach(checks.validate),
		limits: (body) => objects(body).flatMap((one) => checks.limits(one)),
	};
}
