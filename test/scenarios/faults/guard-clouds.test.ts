// Addresses of credentials and metadata services that are not link-local, and IPv6 addresses that hide one of IPv4.
import { describe, expect, it } from "vitest";
import { inNetwork } from "../../helpers/network.ts";
import { denied, webhook } from "../../helpers/send.ts";

const METADATA = "an address of a cloud's metadata service";

/** Addresses by what they are told to be. */
const ADDRESSES: readonly (readonly [address: string, what: string])[] = [
	// EKS Pod Identity, ECS.
	["169.254.170.23", METADATA],
	["fd00:ec2::23", METADATA],
	["169.254.170.2", METADATA],
	// Scaleway, Oracle, Akamai, Alibaba, Google.
	["169.254.42.42", METADATA],
	["fd00:42::42", METADATA],
	["fd00:c1::a9fe:a9fe", METADATA],
	["fd00:a9fe:a9fe::1", METADATA],
	["fd00:100::100:200", METADATA],
	["fd20:ce::254", METADATA],
	// NAT64 prefixes for local use, of 48, 56, 64 and 96 bits.
	["64:ff9b:1:a9fe:a9:fe00::", METADATA],
	["64:ff9b:1:aaa9:fe:a9fe::", METADATA],
	["64:ff9b:1:aa:a9:fea9:fe00:0", METADATA],
	["64:ff9b:1:aa:bb:cc:a9fe:a9fe", METADATA],
	["2001:0:4136:e378:8000:63bf:5601:5601", "a Teredo address"],
	["2a00:1:2:3:0:5efe:a9fe:a9fe", METADATA],
];
const asHost = (address: string) => (address.includes(":") ? `[${address}]` : address);
const NOTHING_SENT = { connections: [], begun: 0 };

describe("fault 65: nothing is sent to credentials services, NAT64 prefixes for local use or Teredo", () => {
	inNetwork((fireThere) => {
		it("as a URL's host", async () => {
			const hooks = ADDRESSES.map((_, n) => webhook(`\${URL_${n}}`, "", `h${n}`));
			const env = Object.fromEntries(ADDRESSES.map(([address], n) => [`URL_${n}`, `https://${asHost(address)}/x`]));
			const run = await fireThere(hooks.join(""), { env });
			expect(run).toMatchObject({ code: 0, outputs: { result: "warned", delivered: "0" }, ...NOTHING_SENT });
			const error = (what: string) => expect.stringContaining(`url has ${what};`);
			expect(run.results).toMatchObject({ results: ADDRESSES.map(([, what]) => ({ error: error(what) })) });
		});

		it("as what a name resolves to", async () => {
			const names = Object.fromEntries(ADDRESSES.map(([address], n) => [`h${n}.example.test`, [[address]]]));
			const hooks = ADDRESSES.map((_, n) => webhook(`https://h${n}.example.test/x`, "retry_count = 0", `h${n}`));
			const run = await fireThere(hooks.join(""), { names });
			expect(run).toMatchObject({ code: 0, outputs: { result: "warned", delivered: "0" }, ...NOTHING_SENT });
			const error = (what: string) => expect.stringContaining(` is ${what}; nothing is sent there`);
			expect(run.results).toMatchObject({ results: ADDRESSES.map(([, what]) => ({ error: error(what) })) });
		});

		it("through a proxy, and on kept connections", async () => {
			const hooks = ADDRESSES.flatMap(([address], n) =>
				["a", "b", "c"].map((kind) => webhook(`\${URL_${n}}`, "", `${kind}${n}-${address.length}`)),
			);
			const env = Object.fromEntries(ADDRESSES.map(([address], n) => [`URL_${n}`, `https://${asHost(address)}/x`]));
			const run = await fireThere(hooks.join(""), { env: { ...env, https_proxy: "http://192.0.2.99" } });
			expect(run).toMatchObject({ outputs: { delivered: "0", failed: String(hooks.length) }, ...NOTHING_SENT });
		});

		it("and a gate there denies", async () => {
			const run = await fireThere(webhook("${URL}", 'on_failure = "abort"'), {
				env: { URL: "https://[fd00:ec2::23]/" },
			});
			expect(run).toMatchObject({ ...denied(new RegExp(`^url has ${METADATA}; `), 0), ...NOTHING_SENT });
		});
	});
});
