// Which IP addresses a webhook may go to: never those of the link and of metadata services, private ones by choice.

/** The bytes of an address, 4 or 16. */
type Bytes = readonly number[];

/** Addresses that begin with the same bits. */
interface Range {
	readonly start: Bytes;
	readonly bits: number;
}

/** The ranges of one family of addresses, which is told by their length. Read when they are first asked for. */
type Ranges = (length: number) => readonly Range[];

/** Ranges by what they are, as a phrase that follows "is". */
type Table = readonly (readonly [what: string, ranges: Ranges])[];

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
const LOOPBACK: Table = [["a loopback address", ranges("127.0.0.0/8", "::1/128")]];
const PRIVATE: Table = [
	[
		"a private address",
		ranges("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "192.0.0.0/24", "198.18.0.0/15"),
	],
	["a private address", ranges("fc00::/7", "fec0::/10", "64:ff9b:1::/48")],
];

const PUBLIC_ONLY: Table = [...NEVER, ...LOOPBACK, ...PRIVATE];

/** IPv6 addresses that stand for one of IPv4, and where its four bytes are. */
const EMBEDDED: readonly (readonly [within: Ranges, ...places: readonly Bytes[]])[] = [
	// Mapped and compatible (RFC 4291, 2.5.5), translated (RFC 2765, 2.1).
	[ranges("::ffff:0:0/96", "::/96", "::ffff:0:0:0/96"), [12, 13, 14, 15]],
	// NAT64's well-known prefix, and the prefixes of any length in that for local use (RFC 6052, 2.2; RFC 8215).
	[ranges("64:ff9b::/96"), [12, 13, 14, 15]],
	[ranges("64:ff9b:1::/48"), [6, 7, 9, 10], [7, 9, 10, 11], [9, 10, 11, 12], [12, 13, 14, 15]],
	// 6to4 (RFC 3056).
	[ranges("2002::/16"), [2, 3, 4, 5]],
];

/** Where four zero bytes or a small number are no address of IPv4: `::1`, and the zeros around one in a NAT64 prefix. */
const SPARSE = ranges("::/96", "64:ff9b:1::/48");

/** The interface identifiers of ISATAP, below any prefix (RFC 5214, 6.1). */
const ISATAP: readonly Bytes[] = [
	[0x00, 0x00, 0x5e, 0xfe],
	[0x02, 0x00, 0x5e, 0xfe],
];

/**
 * Why nothing is sent to an address, as a phrase that follows "is"; undefined where it may be. The address is one of
 * IPv4 or IPv6 without brackets; a zone is passed over.
 */
export function refusedAddress(address: string, allowPrivate: boolean): string | undefined {
	const bytes = bytesOf(address);
	if (bytes === undefined) return "not a valid address";
	const table = allowPrivate ? NEVER : PUBLIC_ONLY;
	const meanings = [bytes, ...embeddedIn(bytes)];
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
	const bytes = bytesOf(address);
	if (bytes === undefined) return false;
	return [bytes, ...embeddedIn(bytes)].some((each) => LOOPBACK.some(([, loopback]) => isIn(each, loopback)));
}

/** Whether an address, without brackets, lies in a range such as `10.0.0.0/8`; false for what is not a range. */
export function isInRange(address: string, range: string): boolean {
	const bytes = bytesOf(address);
	return bytes !== undefined && isIn(bytes, ranges(range));
}

/** The host of a URL without brackets where it is an address. */
function addressOf({ hostname }: URL): string | undefined {
	return /^(?:\[.*\]|[\d.]+)$/.test(hostname) ? hostname.replace(/^\[|\]$/g, "") : undefined;
}

/** The addresses of IPv4 that one of IPv6 may stand for. */
function embeddedIn(bytes: Bytes): readonly Bytes[] {
	if (bytes.length === 4) return [];
	const places = EMBEDDED.flatMap(([within, ...all]) => (isIn(bytes, within) ? all : []));
	if (ISATAP.some((mark) => mark.every((byte, index) => bytes[8 + index] === byte))) places.push([12, 13, 14, 15]);
	const found = places.map((place) => place.map((index) => bytes[index] ?? 0));
	return isIn(bytes, SPARSE) ? found.filter(([first]) => first !== 0) : found;
}

function isIn(bytes: Bytes, among: Ranges): boolean {
	return among(bytes.length).some(({ start, bits }) => {
		for (let index = 0; index * 8 < bits; index++) {
			const ignored = Math.max(0, 8 - (bits - index * 8));
			if ((start[index] ?? 0) >> ignored !== (bytes[index] ?? 0) >> ignored) return false;
		}
		return true;
	});
}

/** What is not a range gives none. */
function ranges(...texts: readonly string[]): Ranges {
	const read = new Map<number, readonly Range[]>();
	return (length) => {
		const known = read.get(length) ?? texts.flatMap((text) => rangeOf(text, length));
		read.set(length, known);
		return known;
	};
}

function rangeOf(text: string, length: number): readonly Range[] {
	const [, address = "", bits = ""] = /^([^/]+)\/(\d{1,3})$/.exec(text) ?? [];
	if (address.includes(":") !== (length === 16)) return [];
	const start = bytesOf(address);
	return start === undefined || Number(bits) > length * 8 ? [] : [{ start, bits: Number(bits) }];
}

function bytesOf(address: string): Bytes | undefined {
	const [bare = ""] = address.split("%");
	if (!bare.includes(":")) {
		const parts = bare.split(".");
		if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256)) return undefined;
		return parts.map(Number);
	}
	// The URL parser writes each in one way, without dots.
	const url = `http://[${bare}]`;
	if (!URL.canParse(url)) return undefined;
	const [before = [], after = []] = new URL(url).hostname
		.slice(1, -1)
		.split("::")
		.map((half) => (half === "" ? [] : half.split(":").map((group) => Number.parseInt(group, 16))));
	const zeros = new Array<number>(8 - before.length - after.length).fill(0);
	return [...before, ...zeros, ...after].flatMap((group) => [group >> 8, group & 0xff]);
}
