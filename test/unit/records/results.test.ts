// What other runs have left in their results files.
import { describe, expect, it } from "vitest";
import { MESSAGE_RULES } from "../../../src/deliver/message-rules.ts";
import type { CiFacts } from "../../../src/model/event.ts";
import type { Hook } from "../../../src/model/hook.ts";
import { leftIn } from "../../../src/records/results.ts";
import { readHeld, writeHeld } from "../../../src/store/held-event.ts";
import { writeRecord } from "../../../src/store/record-text.ts";
import { fakeFiles, fakeLog } from "../../helpers/fakes.ts";
import { event, webhook } from "../../helpers/make.ts";
import { record } from "../../helpers/records.ts";

describe("what other runs have left", () => {
	const ci = { provider: "github", repository: "acme/shop" };
	const heldOf = (name: string, repository = "acme/shop") =>
		writeHeld(event(name, { ci: { provider: "github", repository } }));
	const good = record(`dlv_${"a".repeat(32)}`, { events: [heldOf("pipeline_error")] });
	const hooks: readonly Hook[] = [
		webhook({ name: "tell", selectors: [{ kind: "event", event: "pipeline_error" }] }),
		webhook({ name: "then", selectors: [{ kind: "event", event: "ping" }] }),
		webhook({ name: "first", onSuccess: ["then"] }),
	];
	const inRun = async (facts: CiFacts, files: Readonly<Record<string, string>>, ...paths: readonly string[]) => {
		const log = fakeLog();
		const options = {
			readEvent: (text: string) => readHeld(text, (given) => given),
			hooks,
			rules: MESSAGE_RULES,
			ci: facts,
			scope: "scope",
		};
		const found = await leftIn(paths, options, { files: fakeFiles(files), log }, { cwd: "/work" });
		return { found, lines: log.lines };
	};
	const left = (files: Readonly<Record<string, string>>, ...paths: readonly string[]) => inRun(ci, files, ...paths);
	const file = (...records: readonly unknown[]) => JSON.stringify({ undelivered: records });

	it("is read from files and folders, and a folder that was not made has nothing", async () => {
		const files = { "/work/left/a.json": file(writeRecord(good)), "/work/left/notes.txt": "x" };
		expect((await left(files, "left", "none")).found).toEqual([good]);
		expect((await left(files, "left/a.json")).found).toEqual([good]);
	});

	it("is left out, and told, where it is no record, or its id could not be one of ours", async () => {
		const ids = ["", "../etc", "dlv_1", `dlv_${"a".repeat(31)}\n`];
		const records = [writeRecord(good), "{}", ...ids.map((id) => writeRecord({ ...good, id }))];
		const { found, lines } = await left({ "/work/a.json": file(...records) }, "a.json");
		expect(found).toEqual([good]);
		expect(lines.length).toBe(1 + ids.length);
	});

	it.each([
		["no JSON", "{", "results: a.json is not JSON"],
		["a list", "[]", "results: a.json is not a results file"],
		["no list of records", '{"undelivered": {}}', "results: a.json is not a results file"],
		["records that are not texts", file({ a: 1 }), "results: a.json has records that are not texts"],
	])("is refused where the file has %s", async (_, text, message) => {
		expect((await left({ "/work/a.json": text }, "a.json")).found).toMatchObject({ code: "input", message });
	});

	it.each([
		["of another repository", [heldOf("pipeline_error", "acme/bank")], "tell", "its event is of another repository"],
		["for which the hook is not", [heldOf("pipeline_complete")], "tell", "tell is not for its event"],
		["that is none", ["{}\n{}"], "tell", "it does not say which event it was"],
	])("is left out where the event is one %s", async (_, events, hook, why) => {
		const forged = writeRecord({ ...good, hook, events });
		const { found, lines } = await left({ "/work/a.json": file(forged) }, "a.json");
		expect(found).toEqual([]);
		expect(lines).toEqual([`a.json: a record is left out: ${why}`]);
	});

	it.each([
		[{ scope: "other" }, "it belongs to another project or config file"],
		[{ state: "delivered" } as const, "it does not wait"],
	])("is left out where the record says %j", async (more, why) => {
		const { found, lines } = await left({ "/work/a.json": file(writeRecord({ ...good, ...more })) }, "a.json");
		expect([found, lines]).toEqual([[], [`a.json: a record is left out: ${why}`]]);
	});

	it("is taken for a hook that another leads to, and for one that the config does not have now", async () => {
		const some = ["then", "gone"].map((hook) => ({ ...good, hook, events: [heldOf("pipeline_complete")] }));
		expect((await left({ "/work/a.json": file(...some.map(writeRecord)) }, "a.json")).found).toEqual(some);
	});

	it.each([{ fork: true }, { stranger: true }])(
		"is refused where the run that left it has the fact %j",
		async (fact) => {
			const files = { "/work/a.json": file(writeRecord(good)) };
			const { found } = await inRun({ ...ci, ...fact }, files, "a.json");
			expect(found).toMatchObject({ message: expect.stringContaining("may be a stranger's") });
			expect((await inRun({ ...ci, ...fact }, files)).found).toEqual([]);
		},
	);

	it("of a folder is what its good files have, and the others are told", async () => {
		const { found, lines } = await left(
			{ "/work/left/a.json": "{", "/work/left/b.json": file(writeRecord(good)) },
			"left",
		);
		expect(found).toEqual([good]);
		expect(lines).toEqual(["results: left/a.json is not JSON; it is left out"]);
	});

	it("is refused where the file does not exist", async () => {
		expect((await left({}, "a.json")).found).toMatchObject({ message: "results: a.json does not exist" });
	});
});
