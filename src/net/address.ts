// Which IP addresses a webhook may go to: never those of the link and of metadata services, private ones by choice.

/** Ranges that no webhook ever goes to. What they are follows "is". */
const NEVER: readonly (readonly [what: string, ranges: readonly string[]])[] = [
	// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html and the like of Google,
	// Alibaba, Azure and Oracle; those in 169.254.0.0/16 are link-local besides.
	[
		"an address of a cloud's metadata service",
		[
			"169.254.169.254/32",
			"100.100.100.200/32",
			"168.63.129.16/32",
			"192.0.0.192/32",
			"fd00:ec2::254/128",
			"fd20:ce::254/128",
		],
	],
	["a link-local address", ["169.254.0.0/16", "fe80::/10"]],
	["an unspecified address", ["0.0.0.0/8", "::/128"]],
	["a multicast address", ["224.0.0.0/4", "ff00::/8"]],
	["a broadcast or reserved address", ["240.0.0.0/4"]],
];

/** Refused with `allow_private = false` (https://www.iana.org/assignments/iana-ipv4-special-registry and -ipv6-). */
const PRIVATE: typeof NEVER = [
	["a loopback address", ["127.0.0.0/8", "::1/128"]],
	[
		"a private address",
		["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "192.0.0.0/24", "198.18.0.0/15"],
	],
	["a private address", ["fc00::/7", "fec0::/10", "64:ff9b:1::/48"]],
];

/**
 * Other spellings of an IPv4 address: compatible and translated IPv6, NAT64 (RFC 6052, RFC 8215) and 6to4 (RFC 3056). Mapped ones
 * (`::ffff:0:0/96`) a BlockList knows by itself.
 */
const EMBEDDED: readonly (readonly [prefix: string, bits: number, suffix: string])[] = [
	["::", 96, ""],
	["::ffff:0:", 96, ""],
	["64:ff9b::", 96, ""],
	["64:ff9b:1::", 96, ""],
	["2002:", 16, "::"],
];

/**
 * Why nothing is sent to an address, as a phrase that follows "is"; undefined where it may be. The address is one as
 * `net.isIP` knows them, without brackets; a zone is passed over.
 */
export function refusedAddress(address: string, allowPrivate: boolean): string | undefined {
	const known = judged[allowPrivate ? "public" : "all"];
	const before = known.get(address);
	if (before !== undefined) return before.what;
	const what = judge(address, allowPrivate);
	known.set(address, { what });
	return what;
}

/** A thousand webhooks ask about few hosts. */
const judged = { public: new Map<string, Judged>(), all: new Map<string, Judged>() };

interface Judged {
	readonly what: string | undefined;
}

function judge(address: string, allowPrivate: boolean): string | undefined {
	const [bare = ""] = address.split("%");
	if (isOrdinary(bare, allowPrivate)) return undefined;
	const { isIP } = process.getBuiltinModule("node:net");
	const version = isIP(bare);
	if (version === 0) return undefined;
	const family = version === 4 ? "ipv4" : "ipv6";
	const found = listsOf(allowPrivate).find(([, list]) => list.check(bare, family));
	return found?.[0];
}

/**
 * Whether the beginning of an address already says that it is in no range. So it is of nearly all that webhooks go to,
 * and a BlockList costs a process that lives for 50 ms two of them.
 */
function isOrdinary(address: string, allowPrivate: boolean): boolean {
	if (address.includes(":")) return /^[23]/.test(address) && !/^2002:/.test(address);
	const octet = Number(address.split(".")[0]);
	return rangesFor(allowPrivate).every(([, ranges]) =>
		ranges.every((range) => {
			if (range.includes(":")) return true;
			const first = Number.parseInt(range, 10);
			const bits = Number(range.split("/")[1]);
			return octet < first || octet >= first + 2 ** Math.max(0, 8 - bits);
		}),
	);
}

function rangesFor(allowPrivate: boolean): typeof NEVER {
	return allowPrivate ? NEVER : [...NEVER, ...PRIVATE];
}

/** The same for the host of a URL, which spells every IPv4 address in one way; undefined for a name. */
export function refusedHost({ hostname }: URL, allowPrivate: boolean): string | undefined {
	if (!/^(?:\[.*\]|[\d.]+)$/.test(hostname)) return undefined;
	return refusedAddress(hostname.startsWith("[") ? hostname.slice(1, -1) : hostname, allowPrivate);
}

/** Whether an address, without brackets, lies in a range such as `10.0.0.0/8`; false for what is no range. */
export function isInRange(address: string, range: string): boolean {
	const { BlockList, isIP } = process.getBuiltinModule("node:net");
	const [, start = "", bits = ""] = /^([^/]+)\/(\d{1,3})$/.exec(range) ?? [];
	const [version, wanted] = [isIP(start), isIP(address)];
	if (version === 0 || wanted !== version || Number(bits) > (version === 4 ? 32 : 128)) return false;
	const list = new BlockList();
	const family = version === 4 ? "ipv4" : "ipv6";
	list.addSubnet(start, Number(bits), family);
	return list.check(address, family);
}

/** As much of a `net.BlockList` as is asked. */
interface Ranges {
	check(address: string, family: "ipv4" | "ipv6"): boolean;
}

type Lists = readonly (readonly [what: string, list: Ranges])[];

const built = new Map<boolean, Lists>();

/** Built at the first question: most hosts are names, and most runs ask once. */
function listsOf(allowPrivate: boolean): Lists {
	const lists = built.get(allowPrivate) ?? rangesFor(allowPrivate).map(listOf);
	built.set(allowPrivate, lists);
	return lists;
}

function listOf([what, ranges]: (typeof NEVER)[number]): Lists[number] {
	const { BlockList } = process.getBuiltinModule("node:net");
	const list = new BlockList();
	for (const range of ranges) {
		const [start = "", bits = ""] = range.split("/");
		if (start.includes(":")) {
			list.addSubnet(start, Number(bits), "ipv6");
			continue;
		}
		list.addSubnet(start, Number(bits), "ipv4");
		for (const [prefix, before, suffix] of EMBEDDED) {
			// `::1` and `::` are no spellings of addresses in 0.0.0.0/8.
			if (prefix === "::" && start === "0.0.0.0") continue;
			list.addSubnet(`${prefix}${hex(start)}${suffix}`, before + Number(bits), "ipv6");
		}
	}
	return [what, list];
}

/** `169.254.0.0` as `a9fe:0`. */
function hex(address: string): string {
	const [a = 0, b = 0, c = 0, d = 0] = address.split(".").map(Number);
	return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
}
