// Selectors and globs: what they select, and which pattern covers which.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CATALOG } from "../../../src/model/catalog.ts";
import { matchesGlob, type Selector, selects, showSelector } from "../../../src/model/selector.ts";
import { withinCpuTime } from "../../helpers/cpu-time.ts";

const selected = (selector: Selector) => CATALOG.filter((event) => selects(selector, event)).map(({ name }) => name);
const glob = (pattern: string) => selected({ kind: "glob", pattern });

describe("a selector", () => {
	it("selects an event by its own name, and no longer one", () => {
		expect(selected({ kind: "event", event: "job.failed" })).toEqual(["job.failed"]);
		expect(selected({ kind: "event", event: "job" })).toEqual([]);
	});

	it("selects all events of a phase", () => {
		const quality = ["before_checks", "check_result", "after_checks", "drift_detected", "anomaly_detected"];
		expect(selected({ kind: "phase", phase: "quality" })).toEqual(quality);
		expect(selected({ kind: "phase", phase: "test" })).toEqual(["ping"]);
	});

	it.each([
		["pipeline_*", ["pipeline_start", "pipeline_complete", "pipeline_error"]],
		["job.*", ["job.created", "job.submitted", "job.started", "job.stopped", "job.completed", "job.failed"]],
		["*.failed", ["generation.failed", "job.failed"]],
		["*b.*led", ["job.failed"]],
		["pin*", ["ping"]],
		["job", []],
	])("selects by the glob %s, whose stars cross dots", (pattern, events) => {
		expect(glob(pattern)).toEqual(events);
	});

	it.each(["*", "**"])("selects everything but ping by %s alone", (pattern) => {
		expect(glob(pattern)).toEqual(CATALOG.map(({ name }) => name).filter((name) => name !== "ping"));
	});

	it("is shown as it is written", () => {
		expect(showSelector({ kind: "event", event: "ping" })).toBe("ping");
		expect(showSelector({ kind: "glob", pattern: "job.*" })).toBe("job.*");
		expect(showSelector({ kind: "phase", phase: "quality" })).toBe("phase:quality");
	});
});

/** Few letters, so that much is alike. */
const pattern = fc.string({ unit: fc.constantFrom("a", "b", ".", "*", "*"), maxLength: 8 });
const text = fc.string({ unit: fc.constantFrom("a", "b", ".", "A"), maxLength: 8 });

describe("a glob", () => {
	it("is what a regular expression is in which each star stands for anything", () => {
		fc.assert(
			fc.property(pattern, text, (written, read) => {
				const expression = new RegExp(`^${written.replaceAll(".", "\\.").replaceAll("*", "[^]*")}$`);
				expect(matchesGlob(written, read)).toBe(expression.test(read));
			}),
			{ numRuns: 2000 },
		);
	});

	it("takes every other character for itself", () => {
		for (const sign of "?[](){}+^$|\\/é😀") {
			expect(matchesGlob(`a${sign}*`, `a${sign}b`)).toBe(true);
			expect(matchesGlob(`a${sign}*`, "ab")).toBe(false);
		}
	});

	it("takes no longer than both lengths together make", () => {
		withinCpuTime(1000, () => {
			expect(matchesGlob("*a".repeat(200), `${"a".repeat(20_000)}b`)).toBe(false);
		});
	});
});
