// Names that resolve to addresses that nothing is sent to, in a network where all of them answer.
import { describe, expect, it } from "vitest";
import { type FireThere, inNetwork } from "../../helpers/network.ts";
import type { Names } from "../../helpers/network-dns.ts";
import { webhook } from "../../helpers/send.ts";

const METADATA = "an address of a cloud's metadata service";
const LINK_LOCAL = "a link-local address";
const UNSPECIFIED = "an unspecified address";
const MULTICAST = "a multicast address";
const BROADCAST = "a broadcast or reserved address";

/** Addresses of names, as the resolver writes them. */
const ADDRESSES: readonly (readonly [address: string, what: string])[] = [
	["169.254.169.254", METADATA],
	["100.100.100.200", METADATA],
	["168.63.129.16", METADATA],
	["fd00:ec2::254", METADATA],
	["::ffff:169.254.169.254", METADATA],
	["64:ff9b::a9fe:a9fe", METADATA],
	["2002:a9fe:a9fe::1", METADATA],
	["169.254.1.1", LINK_LOCAL],
	["fe80::1", LINK_LOCAL],
	["0.0.0.0", UNSPECIFIED],
	["0.1.2.3", UNSPECIFIED],
	["::", UNSPECIFIED],
	["224.0.0.1", MULTICAST],
	["ff02::1", MULTICAST],
	["255.255.255.255", BROADCAST],
];

/** Answers 503 in the network. */
const UNAVAILABLE = "203.0.113.10";
/** Answers 200 in the network. */
const RECEIVER = "192.0.2.10";

const PATH = "/latest/secret-path?secret-query";

const http = (name: string, more = "", hook = "r") =>
	webhook(`http://${name}${PATH}`, `allow_http = true\n${more}`, hook);

/** More than 32 webhooks are sent on kept connections, by another transport. */
const OTHERS = Array.from({ length: 33 }, (_, n) => http("receiver.test", "", `other-${n}`)).join("");

const reason = (address: string, what: string) => `the host's address ${address} is ${what}; nothing is sent there`;
const REFUSED = reason("169.254.169.254", METADATA);

/** Each test runs over both transports: by what a plan holds besides the webhook that is looked at. */
const PLANS: readonly (readonly [plan: string, others: string])[] = [
	["alone", ""],
	["beside 33 others", OTHERS],
];

/** Fires a config together with others; of the connections only those that are not the others'. */
async function fireAmong(fireThere: FireThere, others: string, config: string, names: Names) {
	const run = await fireThere(config + others, { names: { "receiver.test": [[RECEIVER]], ...names } });
	// Whatever was begun has been seen by a listener.
	expect(run.begun).toBe(run.connections.length);
	const connections = run.connections.filter((connection) => connection !== `${RECEIVER}:80`);
	const questions = run.questions.filter((question) => !question.endsWith(" receiver.test"));
	const [first, ...rest] = run.annotations;
	expect(rest).toEqual([]);
	return { ...run, connections, questions, message: first?.message };
}

describe("fault 25: a name that resolves to a forbidden address fails its hook at the first attempt, and no connection is made", () => {
	inNetwork((fireThere) => {
		it.each(PLANS)("whichever it is, %s", async (_, others) => {
			const hooks = ADDRESSES.map((_, n) => http(`n${n}.test`, "", `h${n}`)).join("");
			const names = Object.fromEntries(ADDRESSES.map(([address], n) => [`n${n}.test`, [[address]]]));
			const run = await fireThere(hooks + others, { names: { ...names, "receiver.test": [[RECEIVER]] } });
			const results = ADDRESSES.map((address) => ({ status: "failed", attempts: 1, error: reason(...address) }));
			const { results: rows }: { results: readonly unknown[] } = JSON.parse(run.outputs["results"] ?? "");
			expect(rows.slice(0, results.length)).toMatchObject(results);
			expect(run.outputs).toMatchObject({ failed: `${results.length}`, delivered: others === "" ? "0" : "33" });
			expect(new Set(run.connections)).toEqual(new Set(others === "" ? [] : [`${RECEIVER}:80`]));
			expect(run.begun).toBe(run.connections.length);
			expect(run.log).not.toContain("secret-");
		});

		it.each(PLANS)("over TLS, %s", async (_, others) => {
			const hook = webhook(`https://n.test${PATH}`);
			const run = await fireAmong(fireThere, others, hook, { "n.test": [["169.254.169.254"]] });
			expect(run).toMatchObject({ connections: [], message: `the webhook failed: ${REFUSED}` });
		});

		it.each(PLANS)("and denies a gate, %s", async (_, others) => {
			const gate = http("n.test", 'on_failure = "abort"');
			const run = await fireAmong(fireThere, others, gate, { "n.test": [["169.254.169.254"]] });
			expect(run).toMatchObject({ code: 1, begun: 0, message: `the gate stopped the pipeline: ${REFUSED}` });
		});
	});
});

describe("fault 25: a name with a forbidden address among public ones is not connected to at all", () => {
	const AMONG: readonly (readonly string[])[] = [
		["192.0.2.20", "169.254.169.254"],
		["169.254.169.254", "192.0.2.20"],
		["192.0.2.21", "192.0.2.22", "fe80::1"],
		["192.0.2.20", "fd00:ec2::254"],
		["2001:db8::20", "169.254.169.254"],
	];
	inNetwork((fireThere) => {
		it.each(
			AMONG.flatMap((addresses) => PLANS.map(([plan, others]) => [addresses.join(" and "), plan, others] as const)),
		)("%s, %s", async (addresses, _, others) => {
			const run = await fireAmong(fireThere, others, http("n.test"), { "n.test": [addresses.split(" and ")] });
			expect(run.message).toMatch(/^the webhook failed: the host's address \S+ is an? .*; nothing is sent there$/);
			expect(run).toMatchObject({
				code: 0,
				connections: [],
				questions: expect.arrayContaining(["A n.test", "AAAA n.test"]),
			});
		});
	});
});

describe("fault 25: if a name resolves to another address later, only the address that was checked is connected to", () => {
	inNetwork((fireThere) => {
		it.each(PLANS)("public at first, then link-local, %s", async (_, others) => {
			const run = await fireAmong(fireThere, others, http("n.test"), {
				"n.test": [[UNAVAILABLE], ["169.254.169.254"]],
			});
			expect(run.log).toContain("r: attempt 1 of 4 failed: 503 Service Unavailable; the next in ");
			expect(run).toMatchObject({ connections: [`${UNAVAILABLE}:80`], message: `the webhook failed: ${REFUSED}` });
			expect(run.log).not.toContain("r: attempt 2");
		});

		it.each(PLANS)("link-local at first, then public, %s", async (_, others) => {
			const run = await fireAmong(fireThere, others, http("n.test"), {
				"n.test": [["169.254.169.254"], [UNAVAILABLE]],
			});
			expect(run).toMatchObject({ connections: [], message: `the webhook failed: ${REFUSED}` });
		});

		it.each(PLANS)("public only when it is asked once, %s", async (_, others) => {
			const run = await fireAmong(fireThere, others, http("n.test"), {
				"n.test": [["192.0.2.20"], ["169.254.169.254"]],
			});
			expect(run).toMatchObject({ annotations: [], connections: ["192.0.2.20:80"] });
			expect([...run.questions].sort()).toEqual(["A n.test", "AAAA n.test"]);
		});
	});
});
