// The lookup that keeps connections from addresses nothing is sent to, on names that this machine resolves itself.
import { lookup as resolved } from "node:dns/promises";
import { describe, expect, it } from "vitest";
import { errorCode } from "../../../src/model/problem.ts";
import { ConnectError } from "../../../src/net/failure.ts";
import { guardedLookup, refuseHost } from "../../../src/net/guard.ts";

/** What a lookup calls back with. */
function lookup(
	host: string,
	allowPrivate: boolean,
	options: { all?: boolean; family?: 4 | 6 } = {},
): Promise<unknown[]> {
	return new Promise((resolve) => guardedLookup(allowPrivate)(host, options, (...results) => resolve(results)));
}

describe("a guarded lookup", () => {
	it("gives every address where all are asked for, else the first", async () => {
		expect(await lookup("localhost", true, { all: true, family: 4 })).toEqual([
			null,
			[{ address: "127.0.0.1", family: 4 }],
		]);
		expect(await lookup("localhost", true, { family: 4 })).toEqual([null, "127.0.0.1", 4]);
	});

	it("fails for an address that is refused", async () => {
		const [error] = await lookup("localhost", false, { family: 4 });
		expect(error).toBeInstanceOf(ConnectError);
		expect(error).toMatchObject({
			failure: {
				cause: "forbidden",
				detail: "the host's address 127.0.0.1 is a loopback address; nothing is sent there",
			},
		});
	});

	it("fails as the system does for a name that there is not", async () => {
		// ENOTFOUND, or EAI_AGAIN where there is nobody to ask.
		const error: unknown = await resolved("receiver.invalid").catch((thrown: unknown) => thrown);
		expect(error).toMatchObject({ syscall: "getaddrinfo" });
		expect(await lookup("receiver.invalid", true)).toMatchObject([{ code: errorCode(error) }, []]);
	});
});

it("a host that is an address is judged without a lookup", () => {
	expect(refuseHost(new URL("https://[::ffff:a9fe:a9fe]/"), true)).toEqual({
		kind: "failure",
		cause: "forbidden",
		detail: "the host's address [::ffff:a9fe:a9fe] is an address of a cloud's metadata service; nothing is sent there",
	});
	expect(refuseHost(new URL("https://example.com/"), false)).toBeUndefined();
	expect(refuseHost(new URL("http://127.0.0.1/"), true)).toBeUndefined();
});
