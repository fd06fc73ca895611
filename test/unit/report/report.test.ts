// The parts of a report: results, rows, limits, neutralised output, a summary that nothing breaks out of.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { excerpt } from "../../../src/lib/text.ts";
import type { Outcome } from "../../../src/model/delivery.ts";
import type { Events } from "../../../src/model/event.ts";
import { failure } from "../../../src/model/failure.ts";
import { annotationsOf, problemAnnotations } from "../../../src/report/annotations.ts";
import { Collector } from "../../../src/report/collect.ts";
import { summaryMarkdown } from "../../../src/report/job-summary.ts";
import { limitedJson, resultsDocument } from "../../../src/report/json.ts";
import { shownLine } from "../../../src/report/log.ts";
import { outcomeLine } from "../../../src/report/text.ts";
import { createMask, createRedactor } from "../../../src/secrets/mask.ts";
import { delivery, event, reportOf, shellHook, UNKNOWN, webhook } from "../../helpers/make.ts";

const plain = (text: string) => text;

function outcome(
	status: Outcome["status"],
	onFailure: "abort" | "warn" | "ignore" = "warn",
	given: Partial<Outcome> = {},
): Outcome {
	const { reason = "because" } = given;
	const of = delivery(webhook({ onFailure }));
	return {
		delivery: of,
		status,
		target: "https://example.com/…",
		attempts: [{ durationMs: 5 }],
		durationMs: 5,
		notes: [],
		...given,
		...(status === "failed"
			? { failure: failure("exit", reason), reason: "" }
			: { reason: status === "delivered" ? "" : reason }),
	};
}

const report = (outcomes: readonly Outcome[]) => reportOf(event(), outcomes);

test("of more failures than are kept, annotations and summary tell how many there were", () => {
	const collector = new Collector(true);
	for (let at = 0; at < 3000; at++) collector.add(outcome("failed", at % 3 === 0 ? "ignore" : "warn"));
	const many = reportOf(event(), [], collector.collected());
	expect(annotationsOf(many, plain).at(-1)?.message).toBe("1991 more, see the summary");
	expect(summaryMarkdown(many, plain)).toContain("3000 failed, 0 skipped; the first of each outcome are listed.");
	expect(resultsDocument(many, plain)).toMatchObject({ truncated: true });
});

test("a failed hook names whom to ask and what to do, and one that was delivered does not", () => {
	const about = { ...UNKNOWN, owner: "jane", team: "data", runbook: "https://wiki.example.com/s3cret-value" };
	const { redact } = createRedactor(() => ["s3cret-value"]);
	const of = delivery(webhook({ about }));
	const help = "owner jane, team data, runbook https://wiki.example.com/***";
	const failed = reportOf(event(), [outcome("failed", "warn", { delivery: of })]);
	expect(annotationsOf(failed, redact).map(({ message }) => message)).toEqual([
		`the webhook failed: because (${help})`,
	]);
	expect(summaryMarkdown(failed, redact)).toContain("because; owner jane, team data, runbook https");
	const delivered = reportOf(event(), [outcome("delivered", "warn", { delivery: of })]);
	expect(summaryMarkdown(delivered, redact)).not.toContain("jane");
});

test("the name of a hook is shown redacted and acts on no log, as a title and as what was fallen back to", () => {
	const { redact } = createRedactor(() => ["s3cret-value"]);
	const name = "to\u202e s3cret-value";
	const told = reportOf(event(), [outcome("failed", "warn", { delivery: delivery(webhook({ name })), via: name })]);
	expect(annotationsOf(told, redact).map(({ place }) => place.title)).toEqual(["to ***"]);
	expect(resultsDocument(told, redact).results).toMatchObject([{ hook: "to ***", via: "to ***" }]);
});

test.each([
	["hooks.toml", true],
	["..a/hooks.toml", true],
	["a/../hooks.toml", true],
	["/etc/hooks.toml", false],
	["../hooks.toml", false],
	["a/../../hooks.toml", false],
])("annotations of %s point there: %s", (file, isInside) => {
	const place = { file, line: 3, column: 1 };
	const problem = { code: "events_file", message: "wrong", remedy: "", place } as const;
	const told = reportOf(event(), [outcome("failed", "warn", { delivery: delivery(webhook({ place })) })], {
		warnings: [{ code: "not_held", message: "odd", remedy: "", place }],
		stopped: problem,
	});
	const places = [...annotationsOf(told, plain), ...problemAnnotations([problem], true, plain)];
	expect(places.map((annotation) => annotation.place.file)).toEqual(Array(4).fill(isInside ? file : undefined));
	expect(places.map((annotation) => annotation.place.startLine)).toEqual(Array(4).fill(isInside ? 3 : undefined));
});

test.each([
	[[], "skipped"],
	[[outcome("skipped")], "skipped"],
	[[outcome("delivered"), outcome("skipped")], "passed"],
	[[outcome("delivered"), outcome("failed", "ignore")], "passed"],
	[[outcome("failed", "ignore")], "passed"],
	[[outcome("held"), outcome("skipped")], "passed"],
	[[outcome("delivered"), outcome("failed", "warn")], "warned"],
	[[outcome("failed", "warn"), outcome("failed", "abort"), outcome("skipped")], "aborted"],
	[[outcome("delivered"), outcome("skipped", "abort", { skipCause: "cancelled" })], "aborted"],
] as const)("the result of %# is %s", (outcomes, result) => {
	expect(report(outcomes).result).toBe(result);
});

describe("results", () => {
	test("have failures first, gates before the others, and the rest in the order of the file", () => {
		const outcomes = [
			outcome("delivered"),
			outcome("failed"),
			outcome("skipped"),
			outcome("failed", "abort"),
			outcome("failed", "ignore"),
		];
		const names = (indexes: readonly number[]) => indexes.map((index) => outcomes[index]?.delivery.hook.name);
		expect(resultsDocument(report(outcomes), plain).results.map(({ hook }) => hook)).toEqual(names([3, 1, 4, 0, 2]));
	});

	test("stay inside the limit to the byte, and keep failures longest", () => {
		fc.assert(
			fc.property(
				fc.array(fc.string({ unit: "grapheme", maxLength: 60 }), { maxLength: 40 }),
				fc.integer({ min: 150, max: 5000 }),
				(reasons, limit) => {
					const document = resultsDocument(
						report(reasons.map((reason) => outcome("failed", "warn", { reason }))),
						plain,
					);
					const text = limitedJson(document, limit);
					expect(Buffer.byteLength(text)).toBeLessThanOrEqual(limit);
					const parsed = JSON.parse(text);
					expect(parsed.truncated).toBe(parsed.results.length < reasons.length);
					expect(parsed.results).toEqual(document.results.slice(0, parsed.results.length));
				},
			),
		);
	});

	test("are masked before they are cut: no half of a secret is left", () => {
		const secret = "0123456789".repeat(5);
		const reason = `${"x".repeat(470)} ${secret}`;
		const [row] = resultsDocument(report([outcome("failed", "warn", { reason })]), (text) =>
			text.replaceAll(secret, "***"),
		).results;
		expect(row?.error).toMatch(/x \*\*\*$/);
	});
});

test("results say what is to be known of a delivery, masked, one line each, and are silent where there is nothing", () => {
	const told = outcome("delivered", "warn", {
		notes: ["error truncated\nto 10 characters", `secret ${"x".repeat(400)}`],
	});
	const rows = resultsDocument(report([told, outcome("delivered")]), (text) =>
		text.replaceAll("secret", "***"),
	).results;
	expect(rows.map(({ notes }) => notes)).toEqual([
		["error truncated to 10 characters", expect.stringMatching(/^\*\*\* x{295}…$/)],
		undefined,
	]);
});

describe("the summary", () => {
	test("shows a row a hook, failures first, with the gate and the reason", () => {
		const hooks = [
			outcome("delivered", "warn", { httpStatus: 200 }),
			outcome("failed", "abort", { reason: "frozen | until <Monday>" }),
		];
		const text = summaryMarkdown(report(hooks), plain) ?? "";
		const rows = text.split("\n").filter((line) => line.startsWith("| ") && !line.startsWith("| |"));
		expect(rows).toHaveLength(2);
		expect(rows[0]).toMatch(/^\| ❌ \| webhook-\d+ \(gate\) \| .* \| frozen &#124; until &#60;Monday&#62; \|$/);
		expect(rows[1]).toMatch(/^\| ✅ .* 200 \|$/);
		expect(text).toMatch(
			/^### ❌ Gate webhook-\d+ denied&#58; frozen &#124; until &#60;Monday&#62;\n\n❌ etl failed · `pipeline_error` · pipeline etl, run run&#95;1: 1 delivered, 1 failed, 0 skipped\./,
		);
	});

	test("makes no link of an address, and no formula of a price", () => {
		const text = summaryMarkdown(
			report([outcome("failed", "warn", { reason: "WWW.evil.example, a@b.c for $1 or $2" })]),
			plain,
		);
		expect(text).toContain("| WWW&#46;evil.example, a&#64;&#8203;b.c for &#36;1 or &#36;2 |");
	});
});

describe("what is cut is seen to be cut", () => {
	test("also where nothing but blanks was cut away", () => {
		expect(excerpt(`${" ".repeat(1590)}secret-0123456789`, 200)).toMatch(/…$/);
		expect(excerpt(" short ", 200)).toBe("short");
	});

	test("a coloured secret is redacted, and nothing keeps its colours", () => {
		const { redact } = createRedactor(() => ["secret-0123456789"]);
		expect(shownLine("a secret-\u001b[31m0123456789\u001b[0m b", redact)).toBe("a *** b");
		expect(shownLine("\u001b[31mred\u001b[0m secret-0123456789", redact)).toBe("red ***");
	});
});

test("a line of the log: what, where, how long, why", () => {
	const three = [
		{ durationMs: 1, failure: failure("status", "503") },
		{ durationMs: 1, failure: failure("status", "503") },
		{ durationMs: 1 },
	];
	expect(
		outcomeLine(
			outcome("delivered", "warn", { httpStatus: 200, attempts: three, durationMs: 61_500, notes: ["text cut"] }),
			plain,
		),
	).toMatch(/^✓ webhook-\d+ → https:\/\/example\.com\/… · 200 · 3 attempts · 1 min 2 s; note: text cut$/);
	expect(outcomeLine({ ...outcome("failed"), delivery: delivery(shellHook({ name: "gate" })) }, plain)).toBe(
		"✗ gate · 5 ms: because",
	);
	expect(outcomeLine(outcome("skipped", "warn", { attempts: [] }), plain)).toMatch(/· skipped: because$/);
});

test("an event id that the user gave is masked", () => {
	const report = reportOf(event("pipeline_start", { id: "load-s3cret-key" }), []);
	expect(resultsDocument(report, createMask(["s3cret-key"])).event_id).toBe("load-***");
});

test("the name of an events file is redacted in the title of the summary, and where a mistake in it is told", () => {
	const file = "s3cret-key/##[x]";
	const stopped = { code: "events_file" as const, message: "wrong", remedy: "", place: { file, line: 3, column: 1 } };
	const report = {
		...reportOf(event("pipeline_start"), []),
		source: { kind: "file" as const, name: file, events: 2 },
		stopped,
	};
	const mask = createMask(["s3cret-key"]);
	expect(resultsDocument(report, mask).problems).toMatchObject([{ file: "***/##\u200b[x]", line: 3, column: 1 }]);
	expect(summaryMarkdown(report, mask)).not.toContain("s3cret");
	expect(annotationsOf(report, mask).map(({ place }) => place)).toEqual([{ title: "***/##[x]:3:1" }]);
});

test("however long an id is, the output stays inside of its limit", () => {
	const long = event("pipeline_start", { id: "\u0001é".repeat(100_000) });
	const document = resultsDocument(reportOf(long, []), createMask([]));
	expect(Buffer.byteLength(limitedJson(document, 64 * 1024))).toBeLessThan(64 * 1024);
	expect(document.event_id).toMatch(/^.{999}…$/u);
});

function batch(size: number) {
	const at = (line: number) => ({
		...event("pipeline_error", { id: `evt_${line}`, metadata: { big: "x".repeat(99) } }),
		line,
	});
	const events: Events = [at(1), ...Array.from({ length: size - 1 }, (_, index) => at(index + 2))];
	const delivery = { id: "dlv_1", hook: webhook({ batchSize: 100 }), events };
	return { delivery, status: "delivered", reason: "", target: "", attempts: [], durationMs: 0, notes: [] } as const;
}

test("all of many are counted, 2000 of each status kept, and of their events what names them", () => {
	const collector = new Collector(true);
	for (let number = 0; number < 2500; number++) collector.add(batch(1 + (number % 3)));
	const { outcomes, counts, result } = collector.collected();
	expect([outcomes.length, counts, result]).toEqual([
		2000,
		{ delivered: 2500, failed: 0, skipped: 0, held: 0 },
		"passed",
	]);
	const three = outcomes[2]?.delivery.events ?? [];
	expect([three.length, three[0]?.line, three.at(-1)?.line, three[0]?.context.id]).toEqual([3, 1, 3, "evt_1"]);
	expect(JSON.stringify(outcomes.map(({ delivery }) => delivery.events))).not.toContain("big");
});

test("all of one event are kept, as they are, in the order of the file", () => {
	const collector = new Collector(false);
	const [a, b] = [batch(2), batch(2)];
	collector.add(b);
	collector.add(a);
	expect(collector.collected().outcomes).toEqual([a, b]);
});
