// Which store a run uses: that of an input or a flag, completed by the config, else the config's.
import { expect, it } from "vitest";
import { parseReference } from "../../../src/model/reference.ts";
import { USUAL_SCHEDULE_MS } from "../../../src/model/store-config.ts";
import { storeNamed } from "../../../src/run/stored.ts";

const url = parseReference("nats://127.0.0.1/");
const store = { kind: "nats", path: undefined, url, schedule: [1000] } as const;

it.each([
	["the config's", undefined, store, store],
	["none, whatever the config says", { kind: "none" }, store, undefined],
	["of the config's kind, with its url", { kind: "nats" }, store, store],
	[
		"of another kind, without its url, on its schedule",
		{ kind: "git" },
		store,
		{ ...store, kind: "git", url: undefined },
	],
	[
		"on the usual schedule",
		{ kind: "sqlite", path: "a.db" },
		undefined,
		{ kind: "sqlite", path: "a.db", url: undefined, schedule: USUAL_SCHEDULE_MS },
	],
] as const)("is %s", (_, chosen, own, found) => {
	expect(storeNamed(chosen, { store: own })).toEqual(found);
});
