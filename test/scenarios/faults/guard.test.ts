// URLs with addresses that nothing is sent to, however they are written, in a network where all of them answer.
import { describe, expect, it } from "vitest";
import { inNetwork } from "../../helpers/network.ts";
import { denied, failed, webhook } from "../../helpers/send.ts";

const METADATA = "an address of a cloud's metadata service";
const LINK_LOCAL = "a link-local address";
const UNSPECIFIED = "an unspecified address";
const MULTICAST = "a multicast address";
const BROADCAST = "a broadcast or reserved address";

/** Hosts of URLs that are never sent to. */
const SPELLINGS: readonly (readonly [host: string, what: string])[] = [
	["169.254.169.254", METADATA],
	["169.254.169.254.", METADATA],
	["169.254.169.254:8080", METADATA],
	["example.com@169.254.169.254", METADATA],
	["0xA9FEA9FE", METADATA],
	["2852039166", METADATA],
	["0251.0376.0251.0376", METADATA],
	["0xa9.254.0251.0xFE", METADATA],
	["169.254.43518", METADATA],
	["%31%36%39.254.169.254", METADATA],
	["１６９。２５４。１６９。２５４", METADATA],
	["[::ffff:a9fe:a9fe]", METADATA],
	["[::ffff:169.254.169.254]", METADATA],
	["[0:0:0:0:0:FFFF:A9FE:A9FE]", METADATA],
	["[::a9fe:a9fe]", METADATA],
	["[64:ff9b::a9fe:a9fe]", METADATA],
	["[64:ff9b:1::169.254.169.254]", METADATA],
	["[2002:a9fe:a9fe::1]", METADATA],
	["[fd00:ec2::254]", METADATA],
	["[FD00:0EC2:0:0::0254]", METADATA],
	["100.100.100.200", METADATA],
	["0x646464c8", METADATA],
	["168.63.129.16", METADATA],
	["[::ffff:168.63.129.16]", METADATA],
	["169.254.0.1", LINK_LOCAL],
	["0xA9FE0001", LINK_LOCAL],
	["[fe80::1]", LINK_LOCAL],
	["[FEBF:ffff::1]", LINK_LOCAL],
	["0.0.0.0", UNSPECIFIED],
	["0", UNSPECIFIED],
	["0x7f", UNSPECIFIED],
	["[::]", UNSPECIFIED],
	["[::ffff:0.0.0.0]", UNSPECIFIED],
	["224.0.0.1", MULTICAST],
	["0xefffFFFA", MULTICAST],
	["[ff02::1]", MULTICAST],
	["240.0.0.1", BROADCAST],
	["255.255.255.255", BROADCAST],
	["037777777777", BROADCAST],
];

const NOTHING_SENT = { connections: [], begun: 0, questions: [] };
const REMEDY = "no webhook is sent there; give the receiver's own address";
const PATH = "/latest/secret-path?secret-query";

describe("fault 25: a link-local, metadata or reserved address in a config is an error, in any spelling", () => {
	inNetwork((fireThere) => {
		it("told before anything runs, at its url", async () => {
			const shell = '[[hook.pipeline_start]]\ncommand = "echo has run"\n';
			const run = await fireThere(shell + webhook(`https://169.254.169.254${PATH}`));
			expect(run).toMatchObject({ code: 1, outputs: { result: "error" }, ...NOTHING_SENT });
			const place = { title: "pipeline-hooks.toml:5:1", file: "pipeline-hooks.toml", line: "5", col: "1" };
			expect(run.annotations).toEqual([
				{ kind: "error", properties: place, message: `url has ${METADATA}; ${REMEDY} [config_value]` },
			]);
			expect(run.log).not.toContain("has run");
			expect(run.stdout).not.toContain("secret-");
		});

		it("each in its own spelling, all at once", async () => {
			const run = await fireThere(
				SPELLINGS.map(([host], n) => webhook(`https://${host}${PATH}`, "", `h${n}`)).join(""),
			);
			expect(run).toMatchObject({ code: 1, outputs: { result: "error" }, ...NOTHING_SENT });
			const told = [...run.log.matchAll(/^error\[config_value\]: pipeline-hooks\.toml:(\d+):1: url has (.*)$/gm)];
			const lines = SPELLINGS.map(([, what], n) => [`${5 * n + 3}`, what]);
			expect(told.map(([, line, what]) => [line, what])).toEqual(lines);
			expect(run.stdout).not.toContain("secret-");
		});
	});
});

describe("fault 25: such an address in a variable fails its hook without a connection, in any spelling", () => {
	const env = Object.fromEntries(SPELLINGS.map(([host], n) => [`URL_${n}`, ` https://${host}${PATH}\n`]));

	inNetwork((fireThere) => {
		it.each(["https", "http"])("%s", async (scheme) => {
			const url = `${scheme}://169.254.169.254${PATH}`;
			const run = await fireThere(webhook("${URL}", "allow_http = true"), { env: { URL: url } });
			expect(run).toMatchObject({ ...failed(`url has ${METADATA}; ${REMEDY}`, 0), ...NOTHING_SENT });
			expect(run.log).not.toContain("secret-");
		});

		it("each in its own spelling", async () => {
			const hooks = SPELLINGS.map((_, n) => webhook(`\${URL_${n}}`, "", `h${n}`));
			const run = await fireThere(hooks.join(""), { env });
			expect(run).toMatchObject({ code: 0, outputs: { result: "warned" }, ...NOTHING_SENT });
			const results = SPELLINGS.map(([, what]) => ({
				status: "failed",
				attempts: 0,
				error: `url has ${what}; ${REMEDY}`,
			}));
			expect(run.results).toMatchObject({ results });
			expect(run.log).not.toContain("secret-");
		});

		it("as a part of the host", async () => {
			const run = await fireThere(webhook("https://${A}.${B}/in"), { env: { A: "169.254", B: "169.254" } });
			expect(run).toMatchObject({ ...failed(`url has ${METADATA}; ${REMEDY}`, 0), ...NOTHING_SENT });
		});

		it("and denies a gate", async () => {
			const run = await fireThere(webhook("${URL_0}", 'on_failure = "abort"'), { env });
			expect(run).toMatchObject({ ...denied(`url has ${METADATA}; ${REMEDY}`, 0), ...NOTHING_SENT });
		});
	});
});
