// Which deliveries that ended without an answer are put on record, to be tried again.
import { expect, it } from "vitest";
import { failed, skipped } from "../../../src/deliver/unsent.ts";
import { failure } from "../../../src/model/failure.ts";
import { isRecorded, mayBeTriedAgain } from "../../../src/records/fate.ts";
import { delivery, webhook } from "../../helpers/make.ts";

const of = delivery(webhook());

it.each([
	["cancelled", true],
	["stopped", true],
	["switched_off", true],
	["muted", false],
	["dry_run", false],
	["nothing_to_send", false],
] as const)("one that was skipped as %s: %s", (cause, is) => {
	const outcome = skipped(of, cause, "", {});
	expect([isRecorded(outcome), mayBeTriedAgain(outcome)]).toEqual([is, is]);
});

it.each([
	["cancelled", true],
	["interrupted", true],
	["internal", false],
	["unset_variable", false],
] as const)("one that failed as %s is tried again: %s", (cause, is) => {
	expect(mayBeTriedAgain(failed(of, failure(cause, ""), {}))).toBe(is);
});
