// How hooks reach each other by name, and in which order a dry run shows them.
import { expect, it } from "vitest";
import type { Filter } from "../../../src/model/hook.ts";
import { chainLookup, chainsIn } from "../../../src/plan/chains.ts";
import { createPlan, inTurn } from "../../../src/plan/plan.ts";
import { event, shellHook, webhook } from "../../helpers/make.ts";

const MAIN: Filter = {
	events: undefined,
	entities: undefined,
	include: [{ kind: "value", key: "branch", pattern: "main" }],
	exclude: [],
};

it("a hook leads to itself, and once to each hook of its chains, in circles too", () => {
	const hooks = [
		webhook({ name: "a", fallback: "b", onSuccess: ["c", "gone"] }),
		webhook({ name: "b", onSuccess: ["c", "a"] }),
		shellHook({ name: "c", fallback: "d" }),
		shellHook({ name: "d" }),
		shellHook({ name: "apart" }),
	];
	const leadsTo = chainsIn(hooks);
	expect(hooks.map((hook) => leadsTo(hook).map(({ name }) => name))).toEqual([
		["a", "b", "c", "d"],
		["b", "c", "a", "d"],
		["c", "d"],
		["d"],
		["apart"],
	]);
});

it("a hook is reached with the events that its filter lets through, whatever its own events are", () => {
	const hooks = [
		shellHook({ name: "main", selectors: [], filters: [MAIN] }),
		shellHook({ name: "off", enabled: false }),
	];
	const reach = chainLookup(hooks);
	const [here, elsewhere] = [event("ping", { ci: { branch: "main" } }), event("ping", { ci: { branch: "x" } })];
	expect(reach("main", [elsewhere, here])).toEqual({ hook: hooks[0], events: [here] });
	expect([reach("main", [elsewhere]), reach("off", [here]), reach("gone", [here])]).toEqual(Array(3).fill(undefined));
});

it("a dry run goes through gates, commands and webhooks in turn, and leaves batches as they are", () => {
	const hooks = [
		webhook({ name: "post" }),
		webhook({ name: "batched", batchSize: 2 }),
		shellHook({ name: "note" }),
		shellHook({ name: "gate", onFailure: "abort" }),
	];
	const { gates, batched, ...rest } = inTurn(createPlan(hooks, event()));
	expect(gates.map(({ hook }) => hook.name)).toEqual(["gate", "note", "post"]);
	expect(batched.map(({ hook }) => hook.name)).toEqual(["batched"]);
	expect(rest).toEqual({ shell: [], webhooks: [] });
});
