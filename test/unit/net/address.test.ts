// Which addresses a webhook may go to, in every spelling.
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { refusedAddress, refusedHost } from "../../../src/net/address.ts";

const METADATA = "an address of a cloud's metadata service";
const LINK_LOCAL = "a link-local address";
const LOOPBACK = "a loopback address";
const PRIVATE = "a private address";

describe("always refused", () => {
	test.each([
		["169.254.169.254", METADATA],
		["100.100.100.200", METADATA],
		["168.63.129.16", METADATA],
		["fd00:ec2::254", METADATA],
		["fd20:ce::254", METADATA],
		["169.254.170.2", METADATA],
		["169.254.170.23", METADATA],
		["fd00:ec2::23", METADATA],
		["fd00:ec2:0:0:0:0:0:17", METADATA],
		["169.254.42.42", METADATA],
		["fd00:42::42", METADATA],
		["fd00:c1::a9fe:a9fe", METADATA],
		["fd00:a9fe:a9fe::1", METADATA],
		["fd00:100::100:200", METADATA],
		["192.0.0.192", METADATA],
		["169.254.0.23", METADATA],
		["100.96.0.96", METADATA],
		["fe80::a9fe:a9fe", LINK_LOCAL],
		// The prefixes of 48, 56, 64 and 96 bits in NAT64's range for local use.
		["64:ff9b:1:a9fe:a9:fe00::", METADATA],
		["64:ff9b:1:a9fe:a9:fe00:0:1", METADATA],
		["64:ff9b:1:00a9:fe:a9fe::", METADATA],
		["64:ff9b:1:aabb:a9:fea9:fe00:0", METADATA],
		["64:ff9b:1:aabb:ccdd:eeff:a9fe:a9fe", METADATA],
		// ISATAP.
		["2a00:1:2:3:0:5efe:a9fe:a9fe", METADATA],
		["2a00:1:2:3:200:5efe:169.254.169.254", METADATA],
		["2001:0:4136:e378:8000:63bf:3fff:fdd2", "a Teredo address"],
		["2001::1", "a Teredo address"],
		["::ffff:0.0.0.0", "an unspecified address"],
		["not an address", "not a valid address"],
		["1.2.3", "not a valid address"],
		["::ffff:a9fe:a9fe", METADATA],
		["::ffff:169.254.169.254", METADATA],
		["0:0:0:0:0:ffff:a9fe:a9fe", METADATA],
		["::a9fe:a9fe", METADATA],
		["::ffff:0:a9fe:a9fe", METADATA],
		["64:ff9b::a9fe:a9fe", METADATA],
		["64:ff9b:1::a9fe:a9fe", METADATA],
		["2002:a9fe:a9fe::1", METADATA],
		["169.254.0.1", LINK_LOCAL],
		["169.254.170.3", LINK_LOCAL],
		["fe80::1", LINK_LOCAL],
		["fe80::1%eth0", LINK_LOCAL],
		["febf::1", LINK_LOCAL],
		["::ffff:169.254.1.1", LINK_LOCAL],
		["0.0.0.0", "an unspecified address"],
		["0.1.2.3", "an unspecified address"],
		["::", "an unspecified address"],
		["::ffff:0.0.0.0", "an unspecified address"],
		["224.0.0.1", "a multicast address"],
		["239.255.255.255", "a multicast address"],
		["ff02::1", "a multicast address"],
		["255.255.255.255", "a broadcast or reserved address"],
		["240.0.0.1", "a broadcast or reserved address"],
		["64:ff9b::e000:1", "a multicast address"],
	])("%s is %s", (address, what) => {
		expect([refusedAddress(address, true), refusedAddress(address, false)]).toEqual([what, what]);
	});
});

describe("refused only where private addresses are", () => {
	test.each([
		["127.0.0.1", LOOPBACK],
		["127.255.255.254", LOOPBACK],
		["::1", LOOPBACK],
		["::ffff:127.0.0.1", LOOPBACK],
		["64:ff9b::7f00:1", LOOPBACK],
		["10.0.0.1", PRIVATE],
		["172.16.0.1", PRIVATE],
		["172.31.255.255", PRIVATE],
		["192.168.1.1", PRIVATE],
		["100.64.0.1", PRIVATE],
		["198.18.0.1", PRIVATE],
		["192.0.0.1", PRIVATE],
		["fc00::1", PRIVATE],
		["fdff::1", PRIVATE],
		["fec0::1", PRIVATE],
		["::ffff:10.0.0.1", PRIVATE],
		["2002:c0a8:101::", PRIVATE],
	])("%s is %s", (address, what) => {
		expect([refusedAddress(address, true), refusedAddress(address, false)]).toEqual([undefined, what]);
	});
});

test.each([
	"8.8.8.8",
	"203.0.113.10",
	"172.15.255.255",
	"172.32.0.0",
	"100.128.0.1",
	"2606:4700::1",
	"64:ff9b::808:808",
	"2001:db8::1",
	"2001:1::1",
	"2a00:1:2:3:0:5efe:808:808",
])("%s is never refused", (address) => {
	expect([refusedAddress(address, true), refusedAddress(address, false)]).toEqual([undefined, undefined]);
});

describe("the host of a URL", () => {
	test.each([
		"https://169.254.169.254/",
		"https://0xA9FEA9FE/",
		"https://2852039166/",
		"https://0251.0376.0251.0376/",
		"https://169.254.43518/",
		"https://0xa9.254.0xa9.254/",
		"https://[::ffff:a9fe:a9fe]/",
		"https://[::ffff:169.254.169.254]/",
		"https://[64:ff9b::169.254.169.254]/",
		"https://１６９.254.169.254/",
		"https://169.254.169.254./",
	])("%s is refused however it is spelled", (url) => {
		expect(refusedHost(new URL(url), true)).toBe(METADATA);
	});

	test("a name is not judged, whatever it looks like", () => {
		for (const host of ["example.com", "169.254.169.254.example.com", "metadata.google.internal", "localhost"]) {
			expect(refusedHost(new URL(`https://${host}/`), false)).toBeUndefined();
		}
	});
});

it("every spelling of an IPv4 address is judged as the address is", () => {
	const octet = fc.integer({ min: 0, max: 255 });
	fc.assert(
		fc.property(fc.tuple(octet, octet, octet, octet), fc.boolean(), ([a, b, c, d], allowPrivate) => {
			const plain = `${a}.${b}.${c}.${d}`;
			const expected = refusedAddress(plain, allowPrivate);
			const hex = `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
			for (const spelled of [
				`::ffff:${plain}`,
				`::ffff:${hex}`,
				`64:ff9b::${hex}`,
				`2002:${hex}::1`,
				`::ffff:0:${hex}`,
				`2a00::5efe:${hex}`,
			]) {
				expect(refusedAddress(spelled, allowPrivate)).toBe(expected);
			}
			expect(refusedHost(new URL(`https://${((a * 256 + b) * 256 + c) * 256 + d}/`), allowPrivate)).toBe(expected);
		}),
	);
});
