// Which hooks meet an event, and what is told of the others.
import { describe, expect, it } from "vitest";
import type { Filter, Hook } from "../../../src/model/hook.ts";
import { matches, passesFilter, selection } from "../../../src/plan/select.ts";
import { event, shellHook, webhook } from "../../helpers/make.ts";

const FILTER: Filter = {
	events: undefined,
	entities: undefined,
	include: [{ kind: "value", key: "branch", pattern: "main" }],
	exclude: [],
};
const on = (...names: readonly string[]) => ({
	selectors: names.map((name) => ({ kind: "event", event: name }) as const),
});

/** What is told of hooks at an event, by their names. */
function told(hooks: readonly Hook[], happened = event("pipeline_error")) {
	const { selected, unmatched } = selection(hooks, happened);
	return {
		selected: selected.map(({ name }) => name),
		unmatched: unmatched.map(({ hook, reason, attached }) => [hook.name, reason, attached]),
	};
}

describe("selection", () => {
	it("splits the hooks, each part in the order of the file", () => {
		const hooks = [
			shellHook({ name: "a", order: 3 }),
			webhook({
				name: "b",
				order: 1,
				selectors: [
					{ kind: "glob", pattern: "job.*" },
					{ kind: "phase", phase: "state" },
				],
			}),
			shellHook({ name: "c", order: 2, selectors: [{ kind: "phase", phase: "pipeline" }] }),
			shellHook({ name: "d", order: 0, ...on("ping") }),
		];
		expect(told(hooks)).toEqual({
			selected: ["c", "a"],
			unmatched: [
				["d", "its events are ping", false],
				["b", "its events are job.*, phase:state", false],
			],
		});
	});

	it("says which hooks are attached and kept out nevertheless", () => {
		const hooks = [
			shellHook({ name: "off", enabled: false }),
			shellHook({ name: "off elsewhere", enabled: false, ...on("ping") }),
			shellHook({ name: "filtered", filters: [FILTER] }),
			shellHook({ name: "off and filtered", enabled: false, filters: [FILTER] }),
		];
		expect(told(hooks)).toEqual({
			selected: [],
			unmatched: [
				["off", "it is disabled", true],
				["off elsewhere", "its events are ping", false],
				["filtered", "its filter requires branch:main", true],
				["off and filtered", "it is disabled", true],
			],
		});
		expect(told(hooks, event("pipeline_error", { ci: { branch: "main" } })).selected).toEqual(["filtered"]);
	});

	it("says how a hook without events is reached", () => {
		const none = { selectors: [] };
		const hooks = [
			shellHook({ name: "a", fallback: "pager", onSuccess: ["log", "both"] }),
			shellHook({ name: "b", fallback: "pager", onSuccess: ["log"] }),
			shellHook({ name: "c", fallback: "both" }),
			...["pager", "log", "both"].map((name) => shellHook({ name, ...none })),
		];
		expect(told(hooks).unmatched).toEqual([
			["pager", "it is fired only as the fallback of a, b", false],
			["log", "it is fired only after a, b", false],
			["both", "it is fired only as the fallback of c and after a", false],
		]);
	});

	it("names no more events than one reads", () => {
		const names = Array.from({ length: 10 }, (_, index) => `event_${index}`);
		const [[, reason] = []] = told([shellHook(on(...names))]).unmatched;
		expect(reason).toBe(`its events are ${names.slice(0, 8).join(", ")} and 2 more`);
		const [[, all] = []] = told([shellHook(on(...names.slice(0, 8)))]).unmatched;
		expect(all).toBe(`its events are ${names.slice(0, 8).join(", ")}`);
	});

	it("by the name alone takes in what may match", () => {
		const { definition } = event("pipeline_error");
		const hook = shellHook({ filters: [FILTER] });
		expect(selection([hook], { definition })).toEqual({ selected: [hook], unmatched: [] });
	});
});

describe("a hook", () => {
	it("meets what it is attached to, and passesFilter all that its filter lets through", () => {
		const hook = shellHook({ ...on("ping"), filters: [FILTER] });
		const given = { ci: { branch: "main" } };
		expect([matches(hook, event("ping", given)), passesFilter(hook, event("ping", given))]).toEqual([true, true]);
		expect([matches(hook, event("commit", given)), passesFilter(hook, event("commit", given))]).toEqual([false, true]);
		expect([matches(hook, event("ping")), passesFilter(hook, event("ping"))]).toEqual([false, false]);
		const off = shellHook({ enabled: false, ...on("ping") });
		expect([matches(off, event("ping")), passesFilter(off, event("ping"))]).toEqual([false, false]);
	});
});
