// Private and loopback addresses: sent to by default, and refused where a hook or the defaults say so.
import { describe, expect, it } from "vitest";
import { inNetwork } from "../../helpers/network.ts";
import { denied, failed, webhook } from "../../helpers/send.ts";

const PRIVATE = "a private address";
const LOOPBACK = "a loopback address";

/** Hosts of URLs, each with the address that a connection to it goes to. */
const SPELLINGS: readonly (readonly [host: string, what: string, to: string])[] = [
	["10.1.2.3", PRIVATE, "10.1.2.3"],
	["172.16.0.1", PRIVATE, "172.16.0.1"],
	["172.31.255.254", PRIVATE, "172.31.255.254"],
	["192.168.1.1", PRIVATE, "192.168.1.1"],
	["100.64.0.1", PRIVATE, "100.64.0.1"],
	["100.127.255.254", PRIVATE, "100.127.255.254"],
	["0x0A010203", PRIVATE, "10.1.2.3"],
	["[fd12:3456::1]", PRIVATE, "[fd12:3456::1]"],
	["[fc00::1]", PRIVATE, "[fc00::1]"],
	["[::ffff:10.1.2.3]", PRIVATE, "10.1.2.3"],
	["[64:ff9b::c0a8:101]", PRIVATE, "[64:ff9b::c0a8:101]"],
	["[2002:ac10:1::1]", PRIVATE, "[2002:ac10:1::1]"],
	["127.0.0.1", LOOPBACK, "127.0.0.1"],
	["127.9.8.7", LOOPBACK, "127.9.8.7"],
	["2130706433", LOOPBACK, "127.0.0.1"],
	["0177.1", LOOPBACK, "127.0.0.1"],
	["[::1]", LOOPBACK, "[::1]"],
	["[::ffff:7f00:1]", LOOPBACK, "127.0.0.1"],
];

/** Addresses of names, as the resolver writes them. */
const ADDRESSES: readonly (readonly [address: string, what: string])[] = [
	["10.1.2.3", PRIVATE],
	["192.168.1.1", PRIVATE],
	["fd12::1", PRIVATE],
	["::ffff:172.16.0.1", PRIVATE],
	["127.0.0.1", LOOPBACK],
	["::1", LOOPBACK],
];

/** Neighbours of the ranges, which are public. */
const PUBLIC = ["11.0.0.1", "172.32.0.1", "192.167.255.254", "100.63.255.254", "126.255.255.255", "[2001:db8::1]"];

const REMEDY = "give a public address, or set allow_private = true";
const DEFAULTS = "[defaults.webhook]\nallow_private = false\nallow_http = true\n";
const http = (host: string, more = "", hook = "r") => webhook(`http://${host}/secret-path`, more, hook);

/** More than 32 webhooks are sent on kept connections, by another transport. */
const OTHERS = Array.from({ length: 33 }, (_, n) => http("192.0.2.10", "", `other-${n}`)).join("");
const PLANS: readonly (readonly [plan: string, others: string])[] = [
	["alone", ""],
	["beside 33 others", OTHERS],
];

describe("fault 25: requests go to private and loopback addresses unless the config forbids it", () => {
	inNetwork((fireThere) => {
		it("each in its own spelling", async () => {
			const hooks = SPELLINGS.map(([host], n) => http(host, "allow_http = true", `h${n}`)).join("");
			const run = await fireThere(hooks);
			expect(run).toMatchObject({ annotations: [], outputs: { result: "passed", delivered: `${SPELLINGS.length}` } });
			expect([...run.connections].sort()).toEqual(SPELLINGS.map(([, , to]) => `${to}:80`).sort());
		});

		it.each(PLANS)("by their names, %s", async (_, others) => {
			const hooks = ["n.test", "m.test", "localhost"].map((name) => http(name, "allow_http = true", name)).join("");
			const names = { "n.test": [["10.1.2.3"]], "m.test": [["fd12::1"]] };
			const run = await fireThere(`[defaults.webhook]\nallow_http = true\n${hooks}${others}`, { names });
			expect(run).toMatchObject({ annotations: [], outputs: { result: "passed", failed: "0" } });
			expect(run.connections).toEqual(expect.arrayContaining(["10.1.2.3:80", "[fd12::1]:80"]));
		});
	});
});

describe("fault 25: with allow_private = false, private and loopback addresses are refused in any spelling", () => {
	inNetwork((fireThere) => {
		it("as a mistake in the config, all at once", async () => {
			const run = await fireThere(DEFAULTS + SPELLINGS.map(([host], n) => http(host, "", `h${n}`)).join(""));
			expect(run).toMatchObject({ code: 1, outputs: { result: "error" }, begun: 0, questions: [] });
			const told = [...run.log.matchAll(/^error\[config_value\]: pipeline-hooks\.toml:(\d+):1: url has (.*)$/gm)];
			const lines = SPELLINGS.map(([, what], n) => [`${5 * n + 6}`, what]);
			expect(told.map(([, line, what]) => [line, what])).toEqual(lines);
			expect(run.stdout).not.toContain("secret-");
		});

		it.each(SPELLINGS.slice(0, 1))("%s, by the hook's own key", async (host, what) => {
			const run = await fireThere(http(host, "allow_http = true\nallow_private = false"));
			expect(run).toMatchObject({
				code: 1,
				begun: 0,
				annotations: [{ message: `url has ${what}; ${REMEDY} [config_value]` }],
			});
		});

		it("from a variable", async () => {
			const hooks = SPELLINGS.map((_, n) => webhook(`\${URL_${n}}`, "", `h${n}`)).join("");
			const env = Object.fromEntries(SPELLINGS.map(([host], n) => [`URL_${n}`, `http://${host}/secret-path`]));
			const run = await fireThere(DEFAULTS + hooks, { env });
			const results = SPELLINGS.map(([, what]) => ({
				status: "failed",
				attempts: 0,
				error: `url has ${what}; ${REMEDY}`,
			}));
			expect(run).toMatchObject({ code: 0, begun: 0, results: { results } });
		});

		it("from a variable, which denies a gate", async () => {
			const gate = webhook("${URL}", 'allow_private = false\non_failure = "abort"');
			const run = await fireThere(gate, { env: { URL: "https://[::1]/in" } });
			expect(run).toMatchObject({ ...denied(`url has ${LOOPBACK}; ${REMEDY}`, 0), begun: 0 });
		});

		it.each(PLANS)("by a name that has one among others, %s", async (_, others) => {
			const hooks = ADDRESSES.map((_, n) => http(`n${n}.test`, "", `h${n}`)).join("");
			const names = Object.fromEntries(ADDRESSES.map(([address], n) => [`n${n}.test`, [["192.0.2.20", address]]]));
			const run = await fireThere(DEFAULTS + hooks + others, { names });
			const { results }: { results: readonly unknown[] } = JSON.parse(run.outputs["results"] ?? "");
			const expected = ADDRESSES.map(([address, what]) => {
				const error = `the host's address ${address} is ${what}; nothing is sent there`;
				return { status: "failed", attempts: 1, error };
			});
			expect(results.slice(0, expected.length)).toMatchObject(expected);
			expect(new Set(run.connections)).toEqual(new Set(others === "" ? [] : ["192.0.2.10:80"]));
			expect(run.begun).toBe(run.connections.length);
		});

		it("by the name localhost", async () => {
			const run = await fireThere(DEFAULTS + http("localhost", "retry_count = 1"));
			expect(run).toMatchObject(failed(/^the host's address (?:::1|127\.0\.0\.1) is a loopback address; nothing/));
			expect(run.begun).toBe(0);
		});

		it("and public ones are sent to, also those beside the ranges", async () => {
			const run = await fireThere(DEFAULTS + PUBLIC.map((host, n) => http(host, "", `h${n}`)).join(""));
			expect(run).toMatchObject({ annotations: [], outputs: { delivered: `${PUBLIC.length}` } });
			expect([...run.connections].sort()).toEqual(PUBLIC.map((host) => `${host}:80`).sort());
		});

		it("but for a hook that says otherwise", async () => {
			const run = await fireThere(DEFAULTS + http("10.1.2.3", "allow_private = true"));
			expect(run).toMatchObject({ annotations: [], connections: ["10.1.2.3:80"] });
		});

		it("while addresses of the link stay refused for one that allows private ones", async () => {
			const run = await fireThere(webhook("https://169.254.169.254/", "allow_private = true"));
			expect(run).toMatchObject({
				code: 1,
				begun: 0,
				annotations: [{ message: /^url has an address of a cloud's metadata/ }],
			});
		});
	});
});
