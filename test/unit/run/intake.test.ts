// What a worker may take from a relay at all: nothing that its store would not keep.
import { expect, it } from "vitest";
import { nodePorts } from "../../../src/entry/node.ts";
import { openIntake } from "../../../src/run/intake.ts";
import { prepare } from "../../../src/run/prepare.ts";
import { redeliverInputs } from "../../../src/run/redeliver.ts";
import { fakeLog } from "../../helpers/fakes.ts";
import { workspace } from "../../helpers/runner.ts";

async function opening(config: string, store = "") {
	const ports = nodePorts({ NATS_URL: "nats://127.0.0.1:1" }, fakeLog());
	const inputs = redeliverInputs((name) => (name === "store" ? store : ""), 0);
	const cwd = workspace({ "pipeline-hooks.toml": config });
	const context = await prepare(inputs, ports, { cwd, signal: new AbortController().signal });
	return openIntake(inputs, context, ports);
}

const RELAY = '[relay]\nnats = "${NATS_URL}"\n';
const HOOK = '[[subscription]]\nevents = ["*"]\nurl = "https://example.com/"\n';

it("is nothing for a store that keeps nothing, in whichever way it is named", async () => {
	const why = "nothing can be sent from the store `results`, which only leaves records for another";
	await expect(opening(`${RELAY}[store]\nkind = "results"\n`)).rejects.toThrow(why);
	await expect(opening(`${RELAY}[store]\n`, "results")).rejects.toThrow(why);
});

it("is nothing without a store, without a relay, and with one that is switched off", async () => {
	expect(await opening(RELAY)).toBeUndefined();
	expect(await opening(`${RELAY}[store]\n`, "none")).toBeUndefined();
	expect(await opening(`${HOOK}[store]\n`)).toBeUndefined();
	expect(await opening(`${RELAY}enabled = false\n${HOOK}[store]\n`)).toBeUndefined();
});
