// A name server that answers as a script says: what a hostile or broken one would answer, one lookup after the other.
import { createSocket, type RemoteInfo } from "node:dgram";

/**
 * Names with their answers: for each lookup its addresses, the last ones for ever. Names that are not there do not
 * exist; one without any answers is never answered at all.
 */
export type Names = Readonly<Record<string, readonly (readonly string[])[]>>;

export interface NameServer {
	/** From now on these names, each from its first answer; gives the questions since the last time, as `A name`. */
	restart(names: Names): readonly string[];
}

/** The types of records that are asked for, https://www.rfc-editor.org/rfc/rfc1035#section-3.2.2 and RFC 3596. */
const TYPES: ReadonlyMap<number, string> = new Map([
	[1, "A"],
	[28, "AAAA"],
]);

/** Listens on port 53 of 127.0.0.1. */
export async function startNameServer(): Promise<NameServer> {
	let script: Names = {};
	let questions: string[] = [];
	const socket = createSocket("udp4", (query, client) => {
		const question = parse(query);
		const { name } = question;
		const key = `${TYPES.get(question.type) ?? question.type} ${name}`;
		const turn = questions.filter((asked) => asked === key).length;
		questions.push(key);
		const lookups = script[name];
		if (lookups?.length === 0) return;
		const addresses = lookups?.[Math.min(turn, lookups.length - 1)] ?? [];
		const wanted = addresses.filter((address) => (address.includes(":") ? 28 : 1) === question.type);
		reply(client, answer(query, question, lookups === undefined, wanted));
	});
	const reply = ({ address, port }: RemoteInfo, bytes: Uint8Array) => socket.send(bytes, port, address);
	await new Promise<void>((resolve) => socket.bind(53, "127.0.0.1", resolve));
	return {
		restart: (names) => {
			const asked = questions;
			script = names;
			questions = [];
			return asked;
		},
	};
}

interface Question {
	/** In lower case, without the final dot. */
	readonly name: string;
	readonly type: number;
	/** Where the question ends in the query. */
	readonly end: number;
}

/** Bytes before the question. */
const HEADER = 12;

function parse(query: Buffer): Question {
	const labels: string[] = [];
	let at = HEADER;
	for (let length = query.readUInt8(at); length > 0; length = query.readUInt8(at)) {
		labels.push(query.toString("latin1", at + 1, at + 1 + length));
		at += 1 + length;
	}
	return { name: labels.join(".").toLowerCase(), type: query.readUInt16BE(at + 1), end: at + 5 };
}

function answer(query: Buffer, { type, end }: Question, missing: boolean, addresses: readonly string[]): Buffer {
	// One question, as many answers, nothing else; a response with recursion, status 3 where the name does not exist.
	const header = Buffer.from([query[0] ?? 0, query[1] ?? 0, 0x81, missing ? 0x83 : 0x80, 0, 1, 0, 0, 0, 0, 0, 0]);
	header.writeUInt16BE(addresses.length, 6);
	const records = addresses.map((address) => {
		const data = bytesOf(address);
		// The question's name by reference, the type, the class IN, and a time to live of nothing.
		return Buffer.from([0xc0, HEADER, 0, type, 0, 1, 0, 0, 0, 0, 0, data.length, ...data]);
	});
	return Buffer.concat([header, query.subarray(HEADER, end), ...records]);
}

function bytesOf(address: string): readonly number[] {
	if (!address.includes(":")) return address.split(".").map(Number);
	// The last two groups may be written as an IPv4 address.
	const groupsOnly = address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, ...bytes: string[]) => {
		const [a = 0, b = 0, c = 0, d = 0] = bytes.map(Number);
		return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
	});
	const [before = "", after = ""] = groupsOnly.split("::");
	const left = before.split(":").filter(Boolean);
	const right = after.split(":").filter(Boolean);
	const groups = [...left, ...Array.from({ length: 8 - left.length - right.length }, () => "0"), ...right];
	return groups.map((group) => Number.parseInt(group, 16)).flatMap((group) => [group >> 8, group & 0xff]);
}
