// Addresses that nothing is sent to, in URLs, variables and names, in a network where all of them answer.
import { describe, expect, it } from "vitest";
import { type FireThere, inNetwork } from "../../helpers/network.ts";
import { denied, failed, failedRow, webhook } from "../../helpers/send.ts";

const METADATA = "an address of a cloud's metadata service";
const LOOPBACK = "a loopback address";

/** Hosts of URLs by what they are said to be. */
const spelled = (hosts: Readonly<Record<string, string>>) =>
	Object.entries(hosts).flatMap(([what, all]) => all.split(" ").map((host) => [host, what] as const));

/** Hosts that are never sent to, however they are written. */
const NEVER = spelled({
	[METADATA]:
		"169.254.169.254 169.254.169.254. 169.254.169.254:8080 example.com@169.254.169.254 0xA9FEA9FE 2852039166 " +
		"0251.0376.0251.0376 0xa9.254.0251.0xFE 169.254.43518 %31%36%39.254.169.254 １６９。２５４。１６９。２５４ " +
		"[::ffff:a9fe:a9fe] [::ffff:169.254.169.254] [0:0:0:0:0:FFFF:A9FE:A9FE] [::a9fe:a9fe] [64:ff9b::a9fe:a9fe] " +
		"[64:ff9b:1::169.254.169.254] [2002:a9fe:a9fe::1] [fd00:ec2::254] [FD00:0EC2:0:0::0254] 100.100.100.200 " +
		"0x646464c8 168.63.129.16 [::ffff:168.63.129.16]",
	"a link-local address": "169.254.0.1 0xA9FE0001 [fe80::1] [FEBF:ffff::1]",
	"an unspecified address": "0.0.0.0 0 0x7f [::] [::ffff:0.0.0.0]",
	"a multicast address": "224.0.0.1 0xefffFFFA [ff02::1]",
	"a broadcast or reserved address": "240.0.0.1 255.255.255.255 037777777777",
});

/** Addresses of the credentials and metadata services of clouds, NAT64 prefixes of 48 to 96 bits, Teredo, ISATAP. */
const CLOUDS = spelled({
	[METADATA]:
		"169.254.170.23 [fd00:ec2::23] 169.254.170.2 169.254.42.42 [fd00:42::42] [fd00:c1::a9fe:a9fe] " +
		"[fd00:a9fe:a9fe::1] [fd00:100::100:200] [fd20:ce::254] [64:ff9b:1:a9fe:a9:fe00::] [64:ff9b:1:aaa9:fe:a9fe::] " +
		"[64:ff9b:1:aa:a9:fea9:fe00:0] [64:ff9b:1:aa:bb:cc:a9fe:a9fe] [2a00:1:2:3:0:5efe:a9fe:a9fe]",
	"a Teredo address": "[2001:0:4136:e378:8000:63bf:5601:5601]",
});

/** Hosts that are sent to unless the config forbids it, each with the address that a connection to it goes to. */
const PRIVATE = spelled({
	"a private address":
		"10.1.2.3 172.16.0.1 172.31.255.254 192.168.1.1 100.64.0.1 100.127.255.254 0x0A010203 [fd12:3456::1] [fc00::1] " +
		"[::ffff:10.1.2.3] [64:ff9b::c0a8:101] [2002:ac10:1::1]",
	[LOOPBACK]: "127.0.0.1 127.9.8.7 2130706433 0177.1 [::1] [::ffff:7f00:1]",
});
const CONNECTED: Readonly<Record<string, string>> = {
	"0x0A010203": "10.1.2.3",
	"[::ffff:10.1.2.3]": "10.1.2.3",
	"2130706433": "127.0.0.1",
	"0177.1": "127.0.0.1",
	"[::ffff:7f00:1]": "127.0.0.1",
};

/** What names resolve to. */
const RESOLVED = spelled({
	[METADATA]:
		"169.254.169.254 100.100.100.200 168.63.129.16 fd00:ec2::254 ::ffff:169.254.169.254 64:ff9b::a9fe:a9fe 2002:a9fe:a9fe::1",
	"a link-local address": "169.254.1.1 fe80::1",
	"an unspecified address": "0.0.0.0 0.1.2.3 ::",
	"a multicast address": "224.0.0.1 ff02::1",
	"a broadcast or reserved address": "255.255.255.255",
});
const RESOLVED_PRIVATE = spelled({
	"a private address": "10.1.2.3 192.168.1.1 fd12::1 ::ffff:172.16.0.1",
	[LOOPBACK]: "127.0.0.1 ::1",
});

const PATH = "/latest/secret-path?secret-query";
const REMEDY = "no webhook is sent there; give the receiver's own address";
const ALLOW_REMEDY = "give a public address, or set allow_private = true";
const NOTHING_SENT = { connections: [], begun: 0 };
const FORBIDDING = "[defaults.webhook]\nallow_private = false\nallow_http = true\n";

/** Answers 503 in the network. */
const UNAVAILABLE = "203.0.113.10";
/** Answers 200 in the network. */
const RECEIVER = "192.0.2.10";

const http = (host: string, more = "", hook = "r") =>
	webhook(`http://${host}${PATH}`, `allow_http = true\n${more}`, hook);
const refusedName = (address: string, what: string) =>
	`the host's address ${address} is ${what}; nothing is sent there`;
const REFUSED = refusedName("169.254.169.254", METADATA);

/** More than 32 webhooks are sent on kept connections, by another transport. */
const PLANS: readonly (readonly [plan: string, others: string])[] = [
	["alone", ""],
	["beside 33 others", Array.from({ length: 33 }, (_, n) => http(RECEIVER, "", `other-${n}`)).join("")],
];

/** Fires a config beside others; of the connections only those that are not the others'. */
async function fireBeside(fireThere: FireThere, others: string, config: string, names: Parameters<FireThere>[1] = {}) {
	const run = await fireThere(config + others, names);
	// Whatever was begun has been seen by a listener.
	expect(run.begun).toBe(run.connections.length);
	expect(run.log).not.toContain("secret-");
	const { results }: { results: readonly { readonly hook: string }[] } = JSON.parse(run.outputs["results"] ?? "");
	const rows = results.filter(({ hook }) => !hook.startsWith("other-"));
	return { ...run, rows, connections: run.connections.filter((connection) => connection !== `${RECEIVER}:80`) };
}

/** One webhook to each host, from a variable. */
const fromVariables = (hosts: readonly (readonly [host: string, what: string])[]) => ({
	hooks: hosts.map((_, n) => webhook(`\${URL_${n}}`, "", `h${n}`)).join(""),
	env: Object.fromEntries(hosts.map(([host], n) => [`URL_${n}`, ` https://${host}${PATH}\n`])),
});

/** One webhook to each name, and what those resolve to. */
const toNames = (addresses: readonly (readonly [address: string, what: string])[], among: readonly string[] = []) => ({
	hooks: addresses.map((_, n) => http(`n${n}.test`, "", `h${n}`)).join(""),
	names: Object.fromEntries(addresses.map(([address], n) => [`n${n}.test`, [[...among, address]]])),
	rows: addresses.map((address) => failedRow(refusedName(...address))),
});

inNetwork((fireThere) => {
	describe("fault 25: a link-local, metadata or reserved address in a config is an error, in any spelling", () => {
		it("told before anything runs, at its url, all at once", async () => {
			const shell = '[[hook.pipeline_start]]\ncommand = "echo has run"\n';
			const hooks = NEVER.map(([host], n) => webhook(`https://${host}${PATH}`, "", `h${n}`)).join("");
			const run = await fireThere(shell + hooks);
			expect(run).toMatchObject({ code: 1, outputs: { result: "error" }, ...NOTHING_SENT, questions: [] });
			const place = { title: "pipeline-hooks.toml:5:1", file: "pipeline-hooks.toml", line: "5", col: "1" };
			const message = `url has ${METADATA}; ${REMEDY} [config_value]`;
			expect(run.annotations[0]).toEqual({ kind: "error", properties: place, message });
			const told = [...run.log.matchAll(/^error\[config_value\]: pipeline-hooks\.toml:(\d+):1: url has (.*)$/gm)];
			expect(told.map(([, line, what]) => [line, what])).toEqual(NEVER.map(([, what], n) => [`${5 * n + 5}`, what]));
			expect(run.stdout).not.toMatch(/secret-|has run\n/);
		});
	});

	describe("fault 25: such an address in a variable fails its hook without a connection, in any spelling", () => {
		it("each in its own spelling, and as a part of the host", async () => {
			const { hooks, env } = fromVariables(NEVER);
			const part = webhook("http://${A}.${B}/in", "allow_http = true", "part");
			const run = await fireThere(hooks + part, { env: { ...env, A: "169.254", B: "169.254" } });
			expect(run).toMatchObject({ code: 0, outputs: { result: "warned" }, ...NOTHING_SENT, questions: [] });
			const rows = [...NEVER.map(([, what]) => what), METADATA].map((what) =>
				failedRow(`url has ${what}; ${REMEDY}`, 0),
			);
			expect(run.results).toMatchObject({ results: rows });
			expect(run.log).not.toContain("secret-");
		});

		it("and denies a gate", async () => {
			const gate = await fireThere(webhook("${URL_0}", 'on_failure = "abort"'), { env: fromVariables(NEVER).env });
			expect(gate).toMatchObject({ ...denied(`url has ${METADATA}; ${REMEDY}`, 0), ...NOTHING_SENT });
		});
	});

	describe("fault 65: nothing is sent to credentials services, NAT64 prefixes for local use or Teredo", () => {
		it("as a URL's host, through a proxy too", async () => {
			const { hooks, env } = fromVariables(CLOUDS);
			for (const proxy of [{}, { https_proxy: "http://192.0.2.99" }]) {
				const run = await fireThere(hooks, { env: { ...env, ...proxy } });
				expect(run).toMatchObject({ code: 0, outputs: { result: "warned", delivered: "0" }, ...NOTHING_SENT });
				const rows = CLOUDS.map(([, what]) => failedRow(`url has ${what}; ${REMEDY}`, 0));
				expect(run.results).toMatchObject({ results: rows });
			}
		});

		it("as what a name resolves to", async () => {
			const { hooks, names, rows } = toNames(CLOUDS.map(([host, what]) => [host.replaceAll(/[[\]]/g, ""), what]));
			const run = await fireBeside(fireThere, "", hooks, { names });
			expect(run.rows).toMatchObject(rows.map(() => failedRow(/ is .*; nothing is sent there$/)));
			expect(run).toMatchObject(NOTHING_SENT);
		});
	});

	describe("fault 25: a name that resolves to a forbidden address fails its hook at the first attempt, and no connection is made", () => {
		it.each(PLANS)("whichever it is, %s", async (_, others) => {
			const { hooks, names, rows } = toNames(RESOLVED);
			const run = await fireBeside(fireThere, others, hooks, { names });
			expect(run.rows).toMatchObject(rows);
			expect(run).toMatchObject({ connections: [], outputs: { delivered: others === "" ? "0" : "33" } });
		});

		it("over TLS, and denies a gate", async () => {
			const gate = webhook(`https://n.test${PATH}`, 'on_failure = "abort"');
			const run = await fireThere(gate, { names: { "n.test": [["169.254.169.254"]] } });
			expect(run).toMatchObject({ ...denied(REFUSED), ...NOTHING_SENT });
		});
	});

	describe("fault 25: a name with a forbidden address among public ones is not connected to at all", () => {
		it.each([
			["192.0.2.20 169.254.169.254", 0],
			["169.254.169.254 192.0.2.20", 1],
			["192.0.2.21 192.0.2.22 fe80::1", 0],
			["2001:db8::20 fd00:ec2::254", 1],
		])("%s", async (addresses, plan) => {
			const names = { "n.test": [addresses.split(" ")] };
			const run = await fireBeside(fireThere, PLANS[plan]?.[1] ?? "", http("n.test"), { names });
			expect(run.rows).toMatchObject([failedRow(/^the host's address \S+ is an? .*; nothing is sent there$/)]);
			expect(run.connections).toEqual([]);
			expect(run.questions).toEqual(expect.arrayContaining(["A n.test", "AAAA n.test"]));
		});
	});

	describe("fault 25: if a name resolves to another address later, only the address that was checked is connected to", () => {
		it.each(PLANS)("public at first, then link-local, %s", async (_, others) => {
			const names = { "n.test": [[UNAVAILABLE], ["169.254.169.254"]] };
			const run = await fireBeside(fireThere, others, http("n.test"), { names });
			expect(run.log).toContain("r: attempt 1 of 4 failed: 503 Service Unavailable; the next in ");
			expect(run).toMatchObject({ connections: [`${UNAVAILABLE}:80`], rows: [failedRow(REFUSED, 2)] });
		});

		it.each(PLANS)("public only when it is asked once, %s", async (_, others) => {
			const names = { "n.test": [["192.0.2.20"], ["169.254.169.254"]] };
			const run = await fireBeside(fireThere, others, http("n.test"), { names });
			expect(run).toMatchObject({ annotations: [], connections: ["192.0.2.20:80"] });
			expect([...run.questions].sort()).toEqual(["A n.test", "AAAA n.test"]);
		});
	});

	describe("fault 25: requests go to private and loopback addresses unless the config forbids it", () => {
		it("each in its own spelling", async () => {
			const run = await fireThere(PRIVATE.map(([host], n) => http(host, "", `h${n}`)).join(""));
			expect(run).toMatchObject({ annotations: [], outputs: { result: "passed", delivered: `${PRIVATE.length}` } });
			const expected = PRIVATE.map(([host]) => `${CONNECTED[host] ?? host}:80`);
			expect([...run.connections].sort()).toEqual(expected.sort());
		});

		it.each(PLANS)("by their names, %s", async (_, others) => {
			const hooks = ["n.test", "m.test", "localhost"].map((name) => http(name, "", name)).join("");
			const names = { "n.test": [["10.1.2.3"]], "m.test": [["fd12::1"]] };
			const run = await fireBeside(fireThere, others, hooks, { names });
			expect(run).toMatchObject({ annotations: [], outputs: { result: "passed", failed: "0" } });
			expect(run.connections).toEqual(expect.arrayContaining(["10.1.2.3:80", "[fd12::1]:80"]));
		});
	});

	describe("fault 25: with allow_private = false, private and loopback addresses are refused in any spelling", () => {
		it("as an error of the config, all at once", async () => {
			const hooks = PRIVATE.map(([host], n) => webhook(`http://${host}${PATH}`, "", `h${n}`)).join("");
			const run = await fireThere(FORBIDDING + hooks);
			expect(run).toMatchObject({ code: 1, outputs: { result: "error" }, begun: 0, questions: [] });
			const told = [...run.log.matchAll(/^error\[config_value\]: pipeline-hooks\.toml:(\d+):1: url has (.*)$/gm)];
			expect(told.map(([, line, what]) => [line, what])).toEqual(PRIVATE.map(([, what], n) => [`${5 * n + 6}`, what]));
			expect(run.stdout).not.toContain("secret-");
		});

		it("by the hook's own key, also from a variable, which denies a gate", async () => {
			const gate = webhook("${URL}", 'allow_private = false\non_failure = "abort"');
			const run = await fireThere(gate, { env: { URL: "https://[::1]/in" } });
			expect(run).toMatchObject({ ...denied(`url has ${LOOPBACK}; ${ALLOW_REMEDY}`, 0), begun: 0 });
		});

		it("from a variable", async () => {
			const { hooks, env } = fromVariables(PRIVATE);
			const run = await fireThere(FORBIDDING + hooks, { env });
			const results = PRIVATE.map(([, what]) => failedRow(`url has ${what}; ${ALLOW_REMEDY}`, 0));
			expect(run).toMatchObject({ code: 0, begun: 0, results: { results } });
		});

		it.each(PLANS)("by a name that has one among others, %s", async (_, others) => {
			const { hooks, names, rows } = toNames(RESOLVED_PRIVATE, ["192.0.2.20"]);
			const run = await fireBeside(fireThere, others, FORBIDDING + hooks, { names });
			expect(run.rows).toMatchObject(rows);
			expect(run.connections).toEqual([]);
		});

		it("by the name localhost", async () => {
			const run = await fireThere(FORBIDDING + http("localhost", "retry_count = 1"));
			expect(run).toMatchObject(failed(/^the host's address (?:::1|127\.0\.0\.1) is a loopback address; nothing/));
			expect(run.begun).toBe(0);
		});

		it("and public ones are sent to, also those beside the ranges, and those of a hook that allows it", async () => {
			const beside = "11.0.0.1 172.32.0.1 192.167.255.254 100.63.255.254 126.255.255.255 [2001:db8::1]".split(" ");
			const hooks = beside.map((host, n) => http(host, "", `h${n}`)).join("");
			const run = await fireThere(FORBIDDING + hooks + http("10.1.2.3", "allow_private = true"));
			expect(run).toMatchObject({ annotations: [], outputs: { delivered: `${beside.length + 1}` } });
			expect([...run.connections].sort()).toEqual([...beside, "10.1.2.3"].map((host) => `${host}:80`).sort());
		});

		it("while addresses of the link stay refused for one that allows private ones", async () => {
			const run = await fireThere(webhook("https://169.254.169.254/", "allow_private = true"));
			expect(run).toMatchObject({ code: 1, begun: 0 });
			expect(run.annotations[0]?.message).toMatch(/^url has an address of a cloud's metadata/);
		});
	});
});
