// A held event as text: the same again, whatever the config knows of it, and nothing of what is no event.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { completeEvent } from "../../../src/model/context.ts";
import type { PipelineEvent } from "../../../src/model/event.ts";
import { headline } from "../../../src/presets/headline.ts";
import { readLine } from "../../../src/run/lines.ts";
import { readHeld, writeHeld } from "../../../src/store/held-event.ts";
import { anyEvent } from "../../helpers/any-event.ts";
import { event } from "../../helpers/make.ts";

const again = (of: PipelineEvent) => readHeld(writeHeld(of), (given) => given);

describe("a held event", () => {
	it("is read as it was written, also where no config declares it", () => {
		fc.assert(
			fc.property(anyEvent, ({ definition: { name, phase, status, title }, context }) => {
				// As every event is put together: of JSON and TOML that were read.
				const definition = { name, phase: phase.toWellFormed(), status, title: title.toWellFormed() };
				const given = readLine({ number: 1, text: JSON.stringify({ ...context, ci: undefined }) });
				const whole = completeEvent(definition, given, {
					id: "evt_1",
					run_id: "run_1",
					pipeline: "etl",
					now: new Date(0),
					ci: { provider: "github", branch: "main" },
				});
				const read = again(whole);
				expect("event" in read ? writeHeld(read.event) : read.problem).toBe(writeHeld(whole));
			}),
			{ numRuns: 60 },
		);
	});

	it("has the headline that it had when it happened", () => {
		for (const of of [event("check_result", { status: "failure", table: "orders" }), event("pipeline_error")]) {
			const read = again(of);
			expect("event" in read ? headline(read.event) : read.problem).toBe(headline(of));
		}
		const retitled = { ...event(), definition: { ...event().definition, title: "Nightly broke" } };
		expect(again(retitled)).toEqual({ event: retitled });
	});

	it("keeps the run that was found beside it, or why there is none", () => {
		for (const found of [{ resource: { id: 1 } }, { reason: "the API answered 500" }]) {
			expect(again({ ...event(), run: found })).toEqual({ event: { ...event(), run: found } });
		}
	});

	it("may be nested as deep as any", () => {
		const deep = JSON.parse(`${'{"a":'.repeat(497)}{}${"}".repeat(497)}`);
		const of = event("check_result", { metadata: deep });
		expect(again(of)).toEqual({ event: of });
	});

	it("keeps the facts of its run, redacted again by what a later step knows to be secret", () => {
		const ci = { provider: "github", commit_message: "Load orders", job_url: "https://ci.example/job/1" };
		const of = event("check_result", { ci });
		expect(again(of)).toEqual({ event: of });
		const redacted = readHeld(writeHeld(of), (given) => ({ ...given, ci: { ...ci, commit_message: "***" } }));
		expect(redacted).toMatchObject({ event: { context: { ci: { ...ci, commit_message: "***" } } } });
	});

	it("has its credential masked before it is sent", () => {
		const seen: unknown[] = [];
		const of = event("check_result", { metadata: { routing_key: "R0UT1NG" } });
		readHeld(writeHeld(of), (given) => {
			seen.push(given.metadata);
			return given;
		});
		expect(seen).toEqual([{ routing_key: "R0UT1NG" }]);
	});

	const definition = '{"definition":{"name":"a","phase":"b","status":"info","title":"c"}}';
	it.each([
		["", "it is not JSON (it ends too early)"],
		["{}\n", "it is not JSON (it ends too early)"],
		["{}\n{}", "it does not say which event it was"],
		["[]\n{}", "it is JSON, but not an object"],
		['{"definition":{"name":"a","phase":"b","status":"fine","title":"c"}}\n{}', "it does not say which event it was"],
		['{"definition":{"name":"a","phase":"b","status":"info","title":3}}\n{}', "it does not say which event it was"],
		[`${definition}\n{}`, "it does not say in which run it happened"],
		[`${definition}\n{"ci": {"branch": "main"}}`, "it does not say in which run it happened"],
		[`${definition}\n{"ci": {"provider": "local", "repository": {}}}`, "it does not say in which run it happened"],
		[`${definition}\n{"ci": {"provider": "local", "branch": null}}`, "it does not say in which run it happened"],
		[`${definition}\n{"ci": {"provider": "local"}, "later": 1}`, 'its context: unknown key "later"'],
	])("is not made of %j", (text, problem) => {
		expect(readHeld(text, (given) => given)).toEqual({ problem });
	});
});
