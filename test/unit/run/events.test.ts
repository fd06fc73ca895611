// Finding the event to fire by what the user wrote.
import { describe, expect, it } from "vitest";
import { vocabulary } from "../../../src/model/catalog.ts";
import type { Config } from "../../../src/model/hook.ts";
import { UserError } from "../../../src/model/problem.ts";
import { findEvent } from "../../../src/run/events.ts";

const config = (file: string): Config => ({
	file,
	hooks: [],
	people: [],
	events: [],
	concurrency: 1,
	store: undefined,
	warnings: [],
});
const OWN = config(".github/pipeline-hooks.toml");
const LIST = "`pipeline-hooks events` lists them all";

const remedy = (written: string, where: Config): string => {
	try {
		return findEvent(written, { config: where, vocabulary: vocabulary() }).name;
	} catch (error) {
		if (error instanceof UserError) return error.problems.map((problem) => problem.remedy).join();
		throw error;
	}
};

describe("an unknown event", () => {
	it("may be declared where its name is one that can be", () => {
		const declare = "declare an event of your own in the config as";
		expect(remedy("zzz", OWN)).toBe(`${declare} [event.zzz]`);
		expect(remedy("zzz.a", OWN)).toBe(`${declare} [event."zzz.a"]`);
		expect(remedy("pipeline_strat", OWN)).toBe(`did you mean "pipeline_start"? Or ${declare} [event.pipeline_strat]`);
	});

	it.each(["job.*", "phase:quality", "webhooks", "1st"])("is looked up in the list, being %s", (written) => {
		expect(remedy(written, OWN)).toBe(LIST);
	});

	it.each(["rocky.toml", "dbt/rocky.toml"])("cannot be declared in %s", (file) => {
		expect(remedy("zzz", config(file))).toBe(LIST);
	});
});
