// The job summary shows foreign text as it is, each in its own cell, and stays inside of what GitHub takes.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Outcome } from "../../../src/model/delivery.ts";
import type { Problem } from "../../../src/model/problem.ts";
import { headline } from "../../../src/presets/headline.ts";
import { tellingLine } from "../../../src/presets/telling-line.ts";
import { plain } from "../../../src/presets/text.ts";
import { problemsMarkdown, summaryMarkdown } from "../../../src/report/job-summary.ts";
import type { Report } from "../../../src/report/report.ts";
import { rowOf } from "../../../src/report/row.ts";
import { delivery, event, reportOf, webhook } from "../../helpers/make.ts";
import { oddText } from "../../helpers/odd-text.ts";

const same = (text: string) => text;

/** What would mean something to Markdown, to HTML or to GitHub; but `&`, which begins an entity. */
const MARKS = /[<>"'`*_~|[\]()!\\@:$\r\n]|#(?!\d)|(?<!&)#|www\./i;

/** The text that a cell shows. Throws where anything in it is not plain. */
function shown(cell: string): string {
	expect(cell.replaceAll(/&#\d+;/g, "")).not.toMatch(/[&#]/);
	expect(cell).not.toMatch(MARKS);
	// What keeps an address of a person from being one is not seen.
	return cell.replaceAll("&#8203;", "").replaceAll(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)));
}

/** The cells of a row, without the blanks around them. */
function cells(row: string): readonly string[] {
	expect(row).toMatch(/^\| .*\|$/s);
	return row
		.slice(1, -1)
		.split("|")
		.map((cell) => cell.slice(1, -1));
}

const oneLine = (text: string) => text.replaceAll(/[\r\n]+/g, " ");
const hookName = oddText.map((text) => text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]/gu, "").trim() || "hook");
const markdown = fc.constantFrom(
	"[x](https://a.example)",
	"<img src=x onerror=y>",
	"`a` **b** ~~c~~",
	"$a$ $$b$$",
	"a | b \\| c",
	"www.example.com",
	"WWW.a.b",
	"a@b.c @acme/team",
	"#1 GH-1 acme/shop#1",
	":smile:",
	"&lt;b&gt; &amp; &#124;",
	"-->",
	"\\",
	"|",
	"| --- |",
	"~~~",
	"[^1]",
	"![x](y)",
	"http://a.b",
	"xmpp:a@b.c",
);
const text = fc.array(fc.oneof(oddText, markdown), { maxLength: 4 }).map((parts) => parts.join(""));
const outcome: fc.Arbitrary<Outcome> = fc
	.record({ name: hookName, reason: text, target: text, notes: fc.array(text, { maxLength: 2 }) })
	.map(({ name, ...more }) => ({
		delivery: delivery(webhook({ name })),
		status: "failed",
		attempts: [{ durationMs: 1 }],
		durationMs: 1,
		...more,
	}));

const report = (outcomes: readonly Outcome[], title = "Pipeline failed", given: Partial<Report> = {}): Report => {
	const { definition, context } = event();
	const named = { definition: { ...definition, title }, context };
	return reportOf(named, outcomes, { configFile: "hooks.toml", ...given });
};

describe("the summary", () => {
	it("shows of any outcome just its texts, each in its cell", () => {
		fc.assert(
			fc.property(fc.array(outcome, { minLength: 1, maxLength: 4 }), (outcomes) => {
				const rows = summaryMarkdown(report(outcomes), same)?.trimEnd().split("\n").slice(6) ?? [];
				expect(rows.map((row) => cells(row).map(shown))).toEqual(
					outcomes.map((of) => {
						const { error = "", notes = [] } = rowOf(of, same);
						const detail = [error, ...notes].filter((text) => text !== "");
						return ["❌", of.delivery.hook.name, oneLine(of.target), "1", "1 ms", detail.join("; ") || "failed"];
					}),
				);
			}),
			{ numRuns: 300 },
		);
	});

	it("has a head of the same lines whatever the event, its pipeline and its run are called", () => {
		fc.assert(
			fc.property(text, text, text, text, (title, pipeline, run_id, configFile) => {
				const { definition } = event();
				const { context } = event("pipeline_error", { pipeline: pipeline || "x", run_id: run_id || "y" });
				const named = { definition: { ...definition, title }, context };
				const head = { source: { kind: "event", event: named }, configFile } as const;
				const [first, blank, second = "", ...rest] = summaryMarkdown(report([], title, head), same)?.split("\n") ?? [];
				expect([first, blank]).toEqual(["### ⏭️ Nothing to run", ""]);
				const parts = /^(.*) · `pipeline_error` · pipeline (.*), run (.*): 0 delivered, 0 failed, 0 skipped\.$/s.exec(
					second,
				);
				const [called, ...ids] = (parts ?? []).slice(1).map(shown);
				expect(called).toBe(`❌ ${oneLine(headline(named))}`);
				expect(ids).toHaveLength(2);
				expect(rest).toHaveLength(4);
				expect(shown(rest[1] ?? "")).toBe(`No hook in ${oneLine(configFile)} is attached to it.`);
			}),
			{ numRuns: 200 },
		);
	});

	it("shows of any error of the event the line that tells it and all of it, and nothing of either ends its place", () => {
		const lines = fc.array(text, { minLength: 1, maxLength: 5 }).map((all) => all.join("\n"));
		fc.assert(
			fc.property(lines, (error) => {
				const { context, definition } = event("pipeline_error", { error: error || "x" });
				const source = { kind: "event", event: { definition, context } } as const;
				const [, , , blank, ...rest] = summaryMarkdown(report([], "", { source }), same)?.split("\n") ?? [];
				const whole = plain(context.error ?? "");
				const told = rest.shift() ?? "";
				expect(blank).toBe("");
				if (whole === "") {
					expect(told).toBe("No hook in hooks.toml is attached to it.");
					return;
				}
				expect(shown(told.replace("**The event's error:** ", ""))).toBe(tellingLine(whole));
				if (whole === tellingLine(whole)) {
					expect(rest[1]).toBe("No hook in hooks.toml is attached to it.");
					return;
				}
				const [first, last] = ["<pre>", "</pre>"].map((tag) => rest.indexOf(tag));
				expect(rest.slice(0, first)).toEqual(["", "<details><summary>The whole error</summary>", ""]);
				expect(
					rest
						.slice((first ?? 0) + 1, last)
						.map(shown)
						.join("\n"),
				).toBe(whole);
				expect(rest.slice((last ?? 0) + 1, (last ?? 0) + 4)).toEqual(["", "</details>", ""]);
			}),
			{ numRuns: 200 },
		);
	});

	it("leaves a long error out rather than what was fired", () => {
		const { context, definition } = event("pipeline_error", { error: "a long error\n".repeat(5000) });
		const source = { kind: "event", event: { definition, context } } as const;
		const whole = summaryMarkdown(report([], "", { source }), same) ?? "";
		expect(whole).toContain("<details>");
		expect(Buffer.byteLength(whole)).toBeLessThan(30_000);
		const short = summaryMarkdown(report([], "", { source }), same, 2000) ?? "";
		expect(short).toContain("**The event's error:** a long error\n\nNo hook in hooks.toml is attached to it.");
	});

	it("shows of any mistake just its texts", () => {
		const place = { file: "hooks.toml", line: 1, column: 2 };
		const problem = fc
			.record({ message: text, remedy: text })
			.map((texts): Problem => ({ code: "input", place, ...texts }));
		fc.assert(
			fc.property(fc.array(problem, { minLength: 1, maxLength: 3 }), (problems) => {
				const rows = problemsMarkdown(problems, same)?.trimEnd().split("\n").slice(4) ?? [];
				const wanted = problems.map(({ message, remedy }) => ["hooks.toml:1:2", oneLine(message), oneLine(remedy)]);
				expect(rows.map((row) => cells(row).map(shown))).toEqual(wanted);
			}),
			{ numRuns: 200 },
		);
	});

	it("of ten thousand outcomes stays inside of any room, and accounts for each", () => {
		const long = fc
			.tuple(outcome, fc.constantFrom("é", "😀", "|", "x"), fc.constantFrom(0, 50, 2000))
			.map(([of, piece, length]) => ({ ...of, reason: piece.repeat(length) }));
		const room = fc.oneof(fc.constant(undefined), fc.constantFrom(-10, 0, 500, 2000, 100_000, 1024 * 1024));
		const many = fc.constantFrom(1, 100, 10_000, 9999);
		fc.assert(
			fc.property(fc.array(long, { minLength: 1, maxLength: 5 }), many, room, (some, count, left) => {
				const outcomes = Array.from({ length: count }, (_, at) => some[at % some.length] ?? some[0]).flatMap(
					(of) => of ?? [],
				);
				const text = summaryMarkdown(report(outcomes), same, left);
				if (text === undefined) {
					expect(left).toBeLessThan(1000);
					return;
				}
				expect(Buffer.byteLength(text)).toBeLessThanOrEqual(
					Math.min(left ?? Number.POSITIVE_INFINITY, 1024 * 1024 - 1),
				);
				const rows = text.split("\n").filter((line) => line.startsWith("| ❌"));
				const more = /^(\d+) more rows?: see the results file\.$/m.exec(text)?.[1] ?? "0";
				expect(rows.length + Number(more)).toBe(count);
			}),
			{ numRuns: 8 },
		);
	});
});
