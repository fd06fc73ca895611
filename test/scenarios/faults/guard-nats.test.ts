// Addresses that nothing is published to, in URLs of NATS and in names, in a network where all of them answer.
import { describe, expect, it } from "vitest";
import { inNetwork } from "../../helpers/network.ts";
import { failed, failedRow, webhook } from "../../helpers/send.ts";

const METADATA = "an address of a cloud's metadata service";
const SPELLED =
	"169.254.169.254 169.254.169.254. 169.254.169.254:8080 me@169.254.169.254 0xA9FEA9FE 2852039166 %31%36%39.254.169.254 " +
	"169.254.43518 １６９。２５４。１６９。２５４ [::ffff:a9fe:a9fe] [64:ff9b::a9fe:a9fe] [2002:a9fe:a9fe::1] [fd00:ec2::254]";
const SHORT = "allow_http = true\nretry_count = 0";
const NOTHING_SENT = { connections: [], begun: 0 };

inNetwork((fireThere) => {
	describe("fault 25: nothing is published to a forbidden address, in any spelling", () => {
		it.each(["nats", "tls"])("of a %s:// URL from a variable", async (scheme) => {
			const hosts = SPELLED.split(" ");
			const hooks = hosts.map((_, n) => webhook(`\${URL_${n}}`, SHORT, `h${n}`)).join("");
			const env = Object.fromEntries(hosts.map((host, n) => [`URL_${n}`, `${scheme}://${host}/ci.secret-subject`]));
			const run = await fireThere(hooks, { env });
			expect(run).toMatchObject({ code: 0, outputs: { result: "warned" }, ...NOTHING_SENT, questions: [] });
			const refused = failedRow(`url has ${METADATA}; no webhook is sent there; give the receiver's own address`, 0);
			expect(run.results).toMatchObject({ results: hosts.map(() => refused) });
			expect(run.log).not.toContain("secret-");
		});

		it.each([
			["169.254.169.254", METADATA],
			["192.0.2.20 169.254.169.254", METADATA],
			["fe80::1", "a link-local address"],
			["::ffff:169.254.169.254", METADATA],
		])("that a name resolves to: %s", async (addresses, what) => {
			const all = addresses.split(" ");
			const names = { "n.test": [all] };
			const run = await fireThere(webhook("nats://n.test/ci.events", SHORT), { names });
			const reason = `the host's address ${all.at(-1)} is ${what}; nothing is sent there`;
			expect(run).toMatchObject({ ...failed(reason), ...NOTHING_SENT });
		});

		it("that is private, where those are not allowed", async () => {
			const names = { "n.test": [["10.1.2.3"]] };
			const run = await fireThere(webhook("nats://n.test/ci.events", `${SHORT}\nallow_private = false`), { names });
			expect(run).toMatchObject({ ...failed(/10\.1\.2\.3 is a private address/), ...NOTHING_SENT });
		});
	});

	it("fault 25: a name is resolved once for NATS, and what it resolves to later is not connected to", async () => {
		const names = { "n.test": [["192.0.2.20"], ["169.254.169.254"]] };
		const run = await fireThere(webhook("nats://n.test:80/ci.events", `${SHORT}\ntimeout_ms = 300`), { names });
		expect(run.connections).toEqual(["192.0.2.20:80"]);
	});
});
