// Which IP addresses a webhook may go to: never those of the link and of metadata services, private ones by choice.

/** Addresses that begin with the same bits; each is a number of 128 bits, one of IPv4 as `::ffff:a.b.c.d`. */
interface Range {
	readonly prefix: bigint;
	/** Bits that follow it. */
	readonly rest: bigint;
}

/** Ranges by what they are, as a phrase that follows "is". */
type Table = readonly (readonly [what: string, ranges: readonly Range[]])[];

/** No webhook is ever sent to these. */
const NEVER: Table = [
	[
		"an address of a cloud's metadata service",
		ranges(
			// Most clouds, https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html for one.
			"169.254.169.254/32",
			// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
			"169.254.170.2/32",
			// https://docs.aws.amazon.com/eks/latest/userguide/pod-id-agent-setup.html
			"169.254.170.23/32",
			// All that Amazon serves on an instance, metadata at ::254 and EKS Pod Identity at ::23 among it.
			"fd00:ec2::/32",
			// https://cloud.google.com/compute/docs/metadata/querying-metadata
			"fd20:ce::254/128",
			// https://learn.microsoft.com/azure/virtual-network/what-is-ip-address-168-63-129-16
			"168.63.129.16/32",
			// https://www.alibabacloud.com/help/en/ecs/user-guide/view-instance-metadata
			"100.100.100.200/32",
			"fd00:100::100:200/128",
			// https://docs.oracle.com/iaas/Content/Compute/Tasks/gettingmetadata.htm, and Oracle's older cloud.
			"fd00:c1::a9fe:a9fe/128",
			"192.0.0.192/32",
			// https://cloudinit.readthedocs.io/en/latest/reference/datasources/scaleway.html
			"169.254.42.42/32",
			"fd00:42::42/128",
			// https://techdocs.akamai.com/cloud-computing/docs/metadata-service-api
			"fd00:a9fe:a9fe::1/128",
			// https://www.tencentcloud.com/document/product/213/4934
			"169.254.0.23/32",
			// Volcengine and UCloud.
			"100.96.0.96/32",
			"100.80.80.80/32",
		),
	],
	["a link-local address", ranges("169.254.0.0/16", "fe80::/10")],
	["an unspecified address", ranges("0.0.0.0/8", "::/128")],
	["a multicast address", ranges("224.0.0.0/4", "ff00::/8")],
	["a broadcast or reserved address", ranges("240.0.0.0/4")],
	// Its relays are gone, and each address hides two of IPv4 (RFC 4380).
	["a Teredo address", ranges("2001::/32")],
];

/** Refused with `allow_private = false` (https://www.iana.org/assignments/iana-ipv4-special-registry and -ipv6-). */
const LOOPBACK = ranges("127.0.0.0/8", "::1/128");
const PUBLIC_ONLY: Table = [
	...NEVER,
	["a loopback address", LOOPBACK],
	[
		"a private address",
		ranges(
			...["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "192.0.0.0/24", "198.18.0.0/15"],
			...["fc00::/7", "fec0::/10", "64:ff9b:1::/48"],
		),
	],
];

/** IPv6 addresses that represent one of IPv4, and the places of its bytes. Mapped ones are read as IPv4 anyway. */
const EMBEDDED: readonly (readonly [within: readonly Range[], ...places: readonly (readonly number[])[]])[] = [
	// Compatible (RFC 4291, 2.5.5), translated (RFC 2765, 2.1), and NAT64's well-known prefix (RFC 6052, 2.2).
	[ranges("::/96", "::ffff:0:0:0/96", "64:ff9b::/96"), [12, 13, 14, 15]],
	// The prefixes of any length in NAT64's range for local use (RFC 6052, 2.2; RFC 8215).
	[ranges("64:ff9b:1::/48"), [6, 7, 9, 10], [7, 9, 10, 11], [9, 10, 11, 12], [12, 13, 14, 15]],
	// 6to4 (RFC 3056).
	[ranges("2002::/16"), [2, 3, 4, 5]],
];

/** Where four zero bytes or a small number are not an IPv4 address: `::1`, and the zeros around one in a NAT64 prefix. */
const SPARSE = ranges("::/96", "64:ff9b:1::/48");

/**
 * Why nothing is sent to an address, as a phrase that follows "is"; undefined where it may be. The address is one of
 * IPv4 or IPv6 without brackets; a zone is passed over.
 */
export function refusedAddress(address: string, allowPrivate: boolean): string | undefined {
	const meanings = meaningsOf(address);
	if (meanings.length === 0) return "not a valid address";
	const table = allowPrivate ? NEVER : PUBLIC_ONLY;
	return table.find(([, refused]) => meanings.some((each) => isIn(each, refused)))?.[0];
}

/** The same for the host of a URL, which spells every IPv4 address in one way; undefined for a name. */
export function refusedHost(url: URL, allowPrivate: boolean): string | undefined {
	const address = addressOf(url);
	return address === undefined ? undefined : refusedAddress(address, allowPrivate);
}

/** With the names that systems have in their hosts file for it. */
const LOCAL_NAME = /(?:^|\.)localhost(?:\.localdomain)?\.?$|^ip6-(?:localhost|loopback)\.?$/;

/** Whether the host of a URL is this machine: a loopback address in any spelling, or a name for it (RFC 6761, 6.3). */
export function isLoopback(url: URL): boolean {
	const address = addressOf(url);
	if (address === undefined) return LOCAL_NAME.test(url.hostname);
	return meaningsOf(address).some((each) => isIn(each, LOOPBACK));
}

/** Whether an address, without brackets, is in a range such as `10.0.0.0/8` of its own family; false for what is not a range. */
export function isInRange(address: string, range: string): boolean {
	const [value, parsed] = [parse(address), parseRange(range)];
	if (value === undefined || parsed === undefined) return false;
	return address.includes(":") === range.includes(":") && isIn(value, [parsed]);
}

/** The host of a URL without brackets where it is an address. */
function addressOf({ hostname }: URL): string | undefined {
	return /^(?:\[.*\]|[\d.]+)$/.test(hostname) ? hostname.replace(/^\[|\]$/g, "") : undefined;
}

/** The address and those of IPv4 that it may represent; none for a text that is not an address. */
function meaningsOf(text: string): readonly bigint[] {
	const address = parse(text);
	if (address === undefined) return [];
	if (address >> 32n === 0xffffn) return [address];
	const places = EMBEDDED.flatMap(([within, ...all]) => (isIn(address, within) ? all : []));
	// The interface identifiers of ISATAP, 0000:5efe and 0200:5efe, below any prefix (RFC 5214, 6.1).
	if (((address >> 32n) & 0xfdff_ffffn) === 0x5efen) places.push([12, 13, 14, 15]);
	const isSparse = isIn(address, SPARSE);
	const embedded = places
		.map((place) => place.map((index) => Number((address >> BigInt(120 - 8 * index)) & 0xffn)))
		.filter(([first]) => !(isSparse && first === 0))
		.map((bytes) => parse(bytes.join(".")) ?? address);
	return [address, ...embedded];
}

function isIn(address: bigint, ranges: readonly Range[]): boolean {
	return ranges.some(({ prefix, rest }) => address >> rest === prefix);
}

function ranges(...texts: readonly string[]): readonly Range[] {
	return texts.flatMap((text) => parseRange(text) ?? []);
}

function parseRange(text: string): Range | undefined {
	const [, address = "", bits = ""] = /^([^/]+)\/(\d{1,3})$/.exec(text) ?? [];
	const start = parse(address);
	const rest = BigInt(address.includes(":") ? 128 : 32) - BigInt(bits);
	return start === undefined || rest < 0n ? undefined : { prefix: start >> rest, rest };
}

/** Every request to an address passes here, so the common form of IPv4 is read without the URL parser. */
function parse(text: string): bigint | undefined {
	const [address = ""] = text.split("%");
	if (/^(?:\d{1,3}\.){3}\d{1,3}$/.test(address)) {
		const bytes = address.split(".").map(Number);
		if (bytes.some((byte) => byte > 255)) return undefined;
		return bytes.reduce((value, byte) => value * 256n + BigInt(byte), 0xffffn);
	}
	// It knows every spelling of an address of IPv6, and writes its groups in hexadecimal.
	const url = `http://[${address}]`;
	if (!/^[\da-f:.]+$/i.test(address) || !URL.canParse(url)) return undefined;
	const [before = [], after = []] = new URL(url).hostname
		.slice(1, -1)
		.split("::")
		.map((half) => (half === "" ? [] : half.split(":")));
	const zeros = Array<string>(8 - before.length - after.length).fill("");
	return BigInt(`0x${[...before, ...zeros, ...after].map((group) => group.padStart(4, "0")).join("")}`);
}
