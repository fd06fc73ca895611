// The headline of a report: what went wrong first, and who is to blame by name.
import { describe, expect, it } from "vitest";
import type { Outcome } from "../../../src/model/delivery.ts";
import { type Cause, failure } from "../../../src/model/failure.ts";
import { annotationsOf } from "../../../src/report/annotations.ts";
import { summaryMarkdown } from "../../../src/report/job-summary.ts";
import { unmatchedLines } from "../../../src/report/text.ts";
import { verdictOf } from "../../../src/report/verdict.ts";
import { delivery, event, reportOf, webhook } from "../../helpers/make.ts";

const same = (text: string) => text;

type Mode = "abort" | "warn" | "ignore";

function outcome(status: Outcome["status"], onFailure: Mode = "warn", given: Partial<Outcome> = {}): Outcome {
	const why = status === "failed" ? { failure: failure("status", "404 Not Found", 404) } : {};
	const of = delivery(webhook({ name: "freeze", onFailure }));
	return { delivery: of, status, reason: "", target: "", attempts: [], durationMs: 0, notes: [], ...why, ...given };
}

const denied = (cause: Cause, reason: string) => outcome("failed", "abort", { failure: failure(cause, reason) });
const overtaken = (onFailure: Mode) =>
	outcome("delivered", onFailure, { via: "mail", ownFailure: failure("refused", "connection refused") });

const of = (...outcomes: readonly Outcome[]) => {
	const { mark, text } = verdictOf(reportOf(event(), outcomes), same);
	return `${mark} ${text}`;
};

describe("the verdict", () => {
	it.each<[string, readonly Outcome[]]>([
		["❌ gate freeze denied: frozen until Monday", [denied("denied", "frozen until Monday"), outcome("skipped")]],
		["❌ gate freeze denied: 200, but the response", [denied("denied", "denied: 200, but the response")]],
		["❌ gate freeze denied: no space left (exit code 3)", [denied("exit", "no space left (exit code 3)")]],
		["❌ gate freeze gave no answer: connection refused", [outcome("failed"), denied("refused", "connection refused")]],
		["❌ gate freeze gave no answer: variable X is unset", [denied("unset_variable", "variable X is unset")]],
		["❌ gate freeze cancelled; its last line: waiting", [denied("cancelled", "cancelled; its last line: waiting")]],
		["❌ cancelled before gate freeze was asked", [outcome("skipped", "abort", { skipCause: "cancelled" })]],
		["⚠️ 1 of 3 hooks failed", [outcome("delivered"), outcome("failed"), outcome("skipped")]],
		[
			"⚠️ 1 of 3 hooks failed, 1 failure ignored",
			[outcome("delivered"), outcome("failed"), outcome("failed", "ignore")],
		],
		["✅ 1 hook succeeded, 1 failure ignored", [outcome("delivered"), outcome("failed", "ignore")]],
		["⏭️ no hook succeeded, 1 failure ignored", [outcome("failed", "ignore")]],
		["✅ 1 hook succeeded, 1 skipped, 1 event held", [outcome("delivered"), outcome("skipped"), outcome("held")]],
		["✅ 1 hook succeeded", [outcome("delivered")]],
		["✅ 2 hooks succeeded", [outcome("delivered"), overtaken("ignore")]],
		["⚠️ 2 hooks succeeded, 1 by a fallback", [outcome("delivered"), overtaken("warn")]],
		["⏳ 1 event held for a batch", [outcome("held")]],
		["⏭️ no hook ran", [outcome("skipped")]],
		["⏭️ no hook ran, secrets are withheld", [outcome("skipped", "warn", { skipCause: "secrets_withheld" })]],
		[
			"⏭️ cancelled, 1 of 2 hooks did not run",
			[outcome("delivered"), outcome("skipped", "warn", { skipCause: "cancelled" })],
		],
		["⏭️ nothing to run", []],
	])("%s", (text, outcomes) => {
		expect(of(...outcomes)).toBe(text);
	});

	it("is that of the run, where an error ended it or nothing was sent", () => {
		const report = reportOf(event(), [outcome("delivered"), outcome("failed")]);
		const stopped = { code: "events_file", message: "line 5 is not JSON", remedy: "" } as const;
		expect(verdictOf({ ...report, stopped }, same)).toEqual({ mark: "❌", text: "stopped: line 5 is not JSON" });
		const dry = reportOf(event(), [outcome("skipped", "abort", { skipCause: "dry_run" })], { dryRun: true });
		expect(verdictOf(dry, same)).toEqual({ mark: "", text: "dry run, nothing was sent" });
		expect(verdictOf(reportOf(event(), [], { source: { kind: "held" } }), same).text).toBe("nothing to send");
	});

	it("counts deliveries where there were many events, and is masked before it is truncated", () => {
		const source = { kind: "file", name: "events.jsonl", events: 3 } as const;
		const report = reportOf(event(), [outcome("delivered"), outcome("failed")], { source });
		expect(verdictOf(report, same).text).toBe("1 of 2 deliveries failed");
		const long = reportOf(event(), [denied("denied", `${"x".repeat(190)} s3cret-value`)]);
		const { text } = verdictOf(long, (given) => given.replaceAll("s3cret-value", "***"));
		expect(text).toMatch(/x \*\*\*$/);
	});
});

describe("the summary of a run that an error ended", () => {
	it("has the whole reason where the headline has not, and what to do", () => {
		const lines = (message: string, remedy: string) => {
			const stopped = { code: "events_file", message, remedy } as const;
			const text = summaryMarkdown(reportOf(event(), [outcome("delivered")], { stopped }), same) ?? "";
			return text.split("\n").filter((line) => /^(?:Line|Correct|x)/.test(line));
		};
		expect(lines("line 5 is not JSON", "correct it")).toEqual(["Correct it."]);
		const long = `line 5 is ${"x ".repeat(100)}end`;
		expect(lines(long, "")).toEqual([`L${long.slice(1)}.`]);
	});
});

describe("a fallback that took over", () => {
	it("is a warning at the hook that failed, once a hook, after the failures that nothing mended", () => {
		const down = overtaken("warn");
		const failed = outcome("failed");
		const told = annotationsOf(reportOf(event(), [down, { ...down }, failed]), same);
		expect(told.map(({ kind, message, place }) => [kind, message, place.title])).toEqual([
			["warning", "the webhook failed: 404 Not Found", "freeze"],
			["warning", "the webhook failed, and its fallback mail took over, 2 times: connection refused", "freeze"],
		]);
		expect(annotationsOf(reportOf(event(), [overtaken("ignore")]), same)).toEqual([]);
	});

	it("is a gate that gave no answer, where the hook is one", () => {
		const [told] = annotationsOf(reportOf(event(), [overtaken("abort")]), same);
		expect(told?.message).toBe("the gate gave no answer, and its fallback mail took over: connection refused");
	});

	it("is marked in the summary, but where its hook's failures are ignored", () => {
		const rows = (onFailure: Mode) =>
			summaryMarkdown(reportOf(event(), [overtaken(onFailure)]), same)?.match(/^\| \S+ \| freeze/gm);
		expect([rows("warn"), rows("ignore")]).toEqual([["| ⚠️ | freeze"], ["| ✅ | freeze"]]);
	});
});

describe("a hook that its filter kept out", () => {
	const unmatched = (given: object, attached = true) => ({
		hook: webhook({ name: "page", ...given }),
		reason: "its filter requires branch:main",
		attached,
	});

	it("has a line, beside those that were fired; one that is disabled or for another event has none", () => {
		const others = [unmatched({}), unmatched({ enabled: false }), unmatched({}, false)];
		const report = reportOf(event(), [outcome("delivered")], { unmatched: others });
		expect(unmatchedLines(report)).toEqual(["– page · not fired: its filter requires branch:main"]);
		// The line that nothing was fired has the reasons already.
		expect(unmatchedLines(reportOf(event(), [], { unmatched: others }))).toEqual([]);
	});

	it("is counted beyond fifty", () => {
		const report = reportOf(event(), [outcome("delivered")], { unmatched: Array(60).fill(unmatched({})) });
		expect(unmatchedLines(report)).toHaveLength(51);
		expect(unmatchedLines(report).at(-1)).toBe("and 10 more");
	});

	it("is in the summary, beyond twenty counted", () => {
		const notFired = (hooks: number) => {
			const report = reportOf(event(), [outcome("delivered")], { unmatched: Array(hooks).fill(unmatched({})) });
			return summaryMarkdown(report, same)?.match(/^Not fired: .*$/m)?.[0];
		};
		const page = "page &#40;its filter requires branch&#58;main&#41;";
		expect(notFired(1)).toBe(`Not fired: ${page}.`);
		expect(notFired(20)).toBe(`Not fired: ${Array(20).fill(page).join(", ")}.`);
		expect(notFired(22)).toBe(`Not fired: ${Array(20).fill(page).join(", ")}, and 2 more.`);
		expect(notFired(0)).toBeUndefined();
	});
});
