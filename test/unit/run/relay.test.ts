// Which hooks of a worker get the events that a relay brings: webhooks that nobody waits for.
import { describe, expect, it } from "vitest";
import { relayedTo } from "../../../src/run/relay.ts";
import { parse } from "../../helpers/parse.ts";

const RELAY = '[relay]\nnats = "${NATS_URL}"\n';
const URL = 'url = "${U}"\n';

/** The names of the hooks that get the events, and of those that are told to get none. */
function toldOf(config: string) {
	const { hooks, others } = relayedTo(parse(config).hooks);
	return [hooks.map(({ name }) => name), others];
}

const subscription = (name: string, more: string, events = 'events = ["*"]\n') =>
	`[[subscription]]\nname = "${name}"\n${events}${more}`;

describe("the events of a relay", () => {
	it("are for webhooks in their order, whatever a failure of them does", () => {
		const config = `${subscription("chat", URL)}${RELAY}${subscription("audit", `${URL}on_failure = "ignore"\n`)}`;
		expect(toldOf(config)).toEqual([["chat", "audit"], []]);
	});

	it("are for no command and no gate, which are named", () => {
		const config = [
			RELAY,
			subscription("script", 'command = "true"\n'),
			subscription("freeze", 'command = "true"\non_failure = "abort"\n'),
			subscription("chat", URL),
			subscription("approval", `${URL}on_failure = "abort"\n`),
			'[[hook.pipeline_start]]\ncommand = "true"\n',
		];
		expect(toldOf(config.join(""))).toEqual([["chat"], ["script", "freeze", "approval", "pipeline_start-shell-1"]]);
	});

	it("are not published again by the worker's own relay, which is not named either", () => {
		expect(toldOf(RELAY)).toEqual([[], []]);
		const renamed = parse(RELAY).hooks.map((hook) => ({ ...hook, name: "other" }));
		expect(relayedTo(renamed)).toEqual({ hooks: [], others: [] });
	});

	it("are for no hook that is switched off, which nobody misses", () => {
		const off = ["command = 'true'\n", URL, `${URL}on_failure = "abort"\n`].map((more, n) =>
			subscription(`off-${n}`, `${more}enabled = false\n`),
		);
		expect(toldOf(`${RELAY}${off.join("")}${subscription("chat", URL)}`)).toEqual([["chat"], []]);
	});

	it("reach a webhook that only another one leads to, and a command that has no events of its own goes unnamed", () => {
		const config = [
			subscription("chat", `${URL}fallback = "mail"\nthen = ["clean"]\n`),
			subscription("mail", URL, ""),
			subscription("clean", 'command = "true"\n', ""),
		];
		expect(toldOf(`${RELAY}${config.join("")}`)).toEqual([["chat", "mail"], []]);
	});
});
