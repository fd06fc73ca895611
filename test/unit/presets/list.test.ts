// The list of a batch: its lines, and which of them stay.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type PipelineEvent, STATUSES } from "../../../src/model/event.ts";
import { listEvents } from "../../../src/presets/list.ts";
import { Truncator } from "../../../src/presets/text.ts";
import { withinCpuTime } from "../../helpers/cpu-time.ts";
import { event } from "../../helpers/make.ts";
import { batch } from "../../helpers/presets.ts";

const AMPLE = { lines: 1000, size: 1_000_000, title: 1000, error: 1000 };
const list = (events: readonly PipelineEvent[], limits: Partial<typeof AMPLE> = {}) => {
	const truncator = new Truncator("characters");
	const listing = listEvents(
		batch(events.length, (index) => events[index] ?? event()),
		truncator,
		{ ...AMPLE, ...limits },
	);
	return { ...listing, notes: truncator.notes };
};
const model = (name: string, status: (typeof STATUSES)[number]) => event("before_model_run", { model: name, status });

describe("a line of a batch", () => {
	it.each([
		[event("pipeline_start"), "▶️ etl started"],
		[event("pipeline_error", { status: "cancelled", ci: { branch: "main" } }), "⏹️ etl cancelled on main"],
		[event("after_model_run", { model: "m", duration_ms: 4200 }), "✅ Model run complete: m (4.2s)"],
		[event("model_error", { model: "m", error: " two\n lines " }), "❌ Model failed: m – two"],
		[event("job.stopped", { error: " \n" }), "⏹️ Job stopped: etl"],
		[event("entityUpdated", { table: "t" }), "ℹ️ Entity updated: t"],
		[event("drift_detected", { table: "t" }), "⚠️ Schema drift detected: t"],
		[
			event("check_result", { status: "failure", table: "t", metadata: { check: "not_null" }, error: "3 rows" }),
			"❌ Check failed: not_null on t – 3 rows",
		],
		[
			event("model_error", { model: "m", error: 'Traceback (most recent call last):\n  File "x"\nKeyError: 7' }),
			"❌ Model failed: m – KeyError: 7",
		],
	])("tells what happened to what: %#", (of, wanted) => {
		expect(list([of])).toEqual({ lines: [wanted], more: undefined, notes: [] });
	});

	it("names the pipeline where there are several, once", () => {
		const { lines } = list([
			event("pipeline_error", { pipeline: "a" }),
			event("model_error", { pipeline: "b", model: "m", duration_ms: 850 }),
			event("ping", { pipeline: "c" }),
			event("ping", { pipeline: "d", table: "not d" }),
		]);
		expect(lines).toEqual(["❌ a failed", "❌ Model failed: m (b, 850ms)", "ℹ️ Ping: c", "ℹ️ Ping: not d (d)"]);
	});

	it("is truncated, with one note for all that are", () => {
		const long = event("model_error", { model: "m".repeat(50), error: "e".repeat(50) });
		const { lines, notes } = list([long, event("model_error", { model: "m", error: "e".repeat(50) }), event()], {
			title: 20,
			error: 5,
		});
		expect(lines).toEqual(["❌ Model failed: mmmmm… – eeee…", "❌ Model failed: m – eeee…", "❌ etl failed"]);
		expect(notes).toEqual([
			"title of 1 event truncated to 20 characters",
			"error of 2 events truncated to 5 characters",
		]);
	});

	it("says of how many it truncates the pipeline's name", () => {
		const { notes } = list([event("pipeline_error", { pipeline: "p".repeat(200) }), event(), event()]);
		expect(notes).toEqual(["pipeline of 1 event truncated to 64 characters"]);
	});

	it("finds what is said far into an error, and is quick with whole logs", () => {
		expect(
			list([event("ping", { status: "info", error: `${" \u0000".repeat(5000)}boom` })], { error: 10 }).lines,
		).toEqual(["ℹ️ Ping: etl – boom"]);
		const log = event("pipeline_error", { error: `${"line of a log\n".repeat(5000)}Error: no disk` });
		withinCpuTime(4000, () => {
			expect(list(batch(50, () => log)).lines.at(-1)).toBe("❌ etl failed – Error: no disk");
		});
	});

	it("is escaped within its limits, after its bullet", () => {
		const escaping = (point: string) => (point === "&" ? "&amp;" : point);
		const truncator = new Truncator("characters");
		const { lines } = listEvents(
			[event("model_error", { model: "&&", error: "a&&" })],
			truncator,
			{ ...AMPLE, error: 7, bullet: "- " },
			escaping,
		);
		expect(lines).toEqual(["- ❌ Model failed: &amp;&amp; – a&amp;…"]);
	});
});

describe("the list of a batch that is too long", () => {
	it("keeps the worse events, and among equals the earlier, the worst first", () => {
		const events = [
			model("a", "success"),
			model("b", "failure"),
			model("d", "info"),
			model("e", "started"),
			model("f", "warning"),
			model("g", "cancelled"),
			model("h", "failure"),
		];
		const kept = (lines: number) =>
			list(events, { lines })
				.lines.slice(0, lines)
				.map((line) => line.at(-1))
				.join("");
		expect(["b", "bh", "bhg", "bhgf", "bhgfa", "bhgfae", "bhgfaed"]).toEqual([1, 2, 3, 4, 5, 6, 7].map(kept));
		const { more, notes } = list(events, { lines: 3 });
		expect(more).toBe("… and 4 more: 1 warning, 1 succeeded, 1 started, 1 info");
		expect(notes).toEqual(["4 of 7 events left out: 1 warning, 1 succeeded, 1 started, 1 info"]);
	});

	it("counts successes on one line beside anything else, and lists them where there is nothing else", () => {
		const good = [model("a", "success"), model("b", "success")];
		expect(list(good).lines.map((line) => line.at(-1))).toEqual(["a", "b"]);
		const { lines, notes } = list([...good, model("c", "failure"), model("d", "success")]);
		expect(lines).toEqual(["❌ Model run failed: c", "✅ 3 succeeded"]);
		expect(notes).toEqual([]);
		const { lines: few } = list([...good, model("c", "failure"), model("d", "failure")], { lines: 1 });
		expect(few).toEqual(["❌ Model run failed: c", "✅ 2 succeeded", "… and 1 more: 1 failed"]);
	});

	it("fills its size to the last character, the count of the rest included", () => {
		const events = batch(9, () => event("ping", { status: "info", table: "orders" }));
		const whole = 9 * "ℹ️ Ping: orders\n".length;
		expect(list(events, { size: whole })).toEqual({
			lines: events.map(() => "ℹ️ Ping: orders"),
			more: undefined,
			notes: [],
		});
		const { lines, notes } = list(events, { size: whole - 1 });
		expect([lines.length, lines.at(-1), notes]).toEqual([9, "… and 1 more", ["1 of 9 events left out"]]);
		const four = 4 * "ℹ️ Ping: orders\n".length + "… and 9 more\n".length;
		expect(list(events, { size: four }).lines).toHaveLength(5);
		expect(list(events, { size: four - 1 }).lines).toHaveLength(4);
	});

	it("stays inside of any size, and accounts for every event", () => {
		const any = fc.record({
			status: fc.constantFrom(...STATUSES),
			model: fc.string({ unit: "binary", maxLength: 60 }),
			error: fc.string({ unit: "binary", maxLength: 60 }),
		});
		fc.assert(
			fc.property(
				fc.array(any, { minLength: 1, maxLength: 40 }),
				fc.integer({ min: 250, max: 2000 }),
				fc.constantFrom("characters", "bytes"),
				(given, size, unit) => {
					const truncator = new Truncator(unit);
					const events = batch(given.length, (index) => event("ping", given[index]));
					const { lines, more } = listEvents(events, truncator, { lines: 30, size, title: 60, error: 40 });
					expect(lines.reduce((sum, line) => sum + truncator.size(line) + 1, 0)).toBeLessThanOrEqual(size);
					const left = Number(/^… and (\d+) more/.exec(more ?? "")?.[1] ?? 0);
					const counted = lines.flatMap((line) => Number(/^✅ (\d+) succeeded$/.exec(line)?.[1] ?? 0) || []);
					const listed = lines.length - (more === undefined ? 0 : 1) - counted.length;
					expect(listed).toBeGreaterThan(0);
					expect(listed + (counted[0] ?? 0) + left).toBe(events.length);
					const shown = lines.filter((line) => line.startsWith("❌")).length;
					const failed = given.filter(({ status }) => status === "failure").length;
					if (shown < failed) expect(shown).toBe(listed);
				},
			),
			{ numRuns: 50 },
		);
	});
});
