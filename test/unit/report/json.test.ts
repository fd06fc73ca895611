// The results document: nothing in it shows a secret.
import { expect, test } from "vitest";
import { resultsDocument } from "../../../src/report/json.ts";
import { createMask } from "../../../src/secrets/mask.ts";
import { event, reportOf } from "../../helpers/make.ts";

test("an event id that the user gave is masked", () => {
	const report = reportOf(event("pipeline_start", { id: "load-s3cret-key" }), []);
	expect(resultsDocument(report, createMask(["s3cret-key"])).event_id).toBe("load-***");
});
