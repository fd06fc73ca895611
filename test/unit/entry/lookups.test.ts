// The bounds of looking up names, and that nothing but this process gets to see them.
import { expect, it } from "vitest";
import { limitDnsThreads } from "../../../src/entry/lookups.ts";

it("bounds the look-ups of this process, and gives the environment as it was", () => {
	const environment: Record<string, string | undefined> = { PATH: "/bin" };
	expect(limitDnsThreads(environment)).toEqual({ PATH: "/bin" });
	expect(environment).toEqual({ PATH: "/bin", UV_THREADPOOL_SIZE: "16", RES_OPTIONS: "timeout:2 attempts:2" });
});

it("leaves alone what somebody has set", () => {
	const environment = { UV_THREADPOOL_SIZE: "4", RES_OPTIONS: "" };
	expect(limitDnsThreads(environment)).toEqual(environment);
});
