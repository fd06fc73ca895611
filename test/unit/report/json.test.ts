// The results document, and the summary and annotations beside it: nothing in them shows a secret.
import { expect, test } from "vitest";
import { annotationsOf } from "../../../src/report/annotations.ts";
import { summaryMarkdown } from "../../../src/report/job-summary.ts";
import { limitedJson, resultsDocument } from "../../../src/report/json.ts";
import { createMask } from "../../../src/secrets/mask.ts";
import { event, reportOf } from "../../helpers/make.ts";

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
