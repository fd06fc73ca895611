// A network of its own for the built action: every address is there and answers, and nothing ever leaves it.
import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, describe } from "vitest";
import type { Names } from "./network-dns.ts";
import type { Answer, Order } from "./network-driver.ts";
import type { runProgram } from "./runner.ts";
import { fire } from "./send.ts";

/** Referrers to a network namespace with mounts of its own: as root, as who may become it, as root of a user namespace. */
const WAYS = [
	["unshare", "--net", "--mount"],
	["sudo", "-n", "unshare", "--net", "--mount"],
	["unshare", "--user", "--map-root-user", "--net", "--mount"],
] as const;

const way = WAYS.find(([program, ...args]) => {
	return spawnSync(program, [...args, "ip", "link", "set", "lo", "up"], { stdio: "ignore" }).status === 0;
});

/** Whether tests in a network of their own are left out. On CI there must be a way to one, and they fail. */
export const withoutNetwork = way === undefined && process.env["CI"] === undefined;

/** What a run did in the network. */
export type Traffic = Omit<Answer, "ended">;

/** A network with nothing in it but this machine. What is where in it is told in network-driver.ts. */
export interface Network {
	/** Stands in for {@link runProgram}: runs in the network, where only these names are known, and tells what it did. */
	running(names: Names, onTraffic: (traffic: Traffic) => void): typeof runProgram;
	/** Ends it. */
	close(): Promise<void>;
}

/** Makes a network; it is there until it is closed or this process ends. Programs run in it one at a time. */
export async function startNetwork(): Promise<Network> {
	const [program, ...args] = way ?? WAYS[0];
	const script = join(import.meta.dirname, "network-driver.ts");
	const driver = spawn(program, [...args, process.execPath, script]);
	const nextLine = linesOf(driver);
	await nextLine();
	return {
		running: (names, onTraffic) => async (program, args, options) => {
			const order: Order = { program, args, cwd: options.cwd, env: options.env, names };
			driver.stdin.write(`${JSON.stringify(order)}\n`);
			const { ended, ...traffic }: Answer = JSON.parse(await nextLine());
			onTraffic(traffic);
			return ended;
		},
		close: async () => {
			driver.stdin.end();
			if (driver.exitCode === null) await once(driver, "exit");
		},
	};
}

/** Fires pipeline_start at a config in a network, where only these names are known besides `localhost`. */
export type FireThere = (
	config: string,
	given?: { readonly names?: Names; readonly env?: Readonly<Record<string, string>> },
) => Promise<Awaited<ReturnType<typeof fire>> & Traffic>;

/** Tests that share one network. */
export function inNetwork(tests: (fireThere: FireThere) => void): void {
	describe.skipIf(withoutNetwork)(
		"in a network of its own (needs iproute2 and the right to a network namespace)",
		() => {
			let network: Network | undefined;
			beforeAll(async () => {
				network = await startNetwork();
			});
			afterAll(() => network?.close());
			tests(async (config, { names = {}, env = {} } = {}) => {
				if (network === undefined) throw new Error("there is no network");
				let traffic: Traffic = { connections: [], begun: 0, questions: [] };
				const run = network.running(names, (told) => {
					traffic = told;
				});
				return { ...(await fire(config, { env, run })), ...traffic };
			});
		},
	);
}

/** Gives one line of the driver after the other. */
function linesOf(driver: ChildProcessWithoutNullStreams): () => Promise<string> {
	let said = "";
	driver.stderr.setEncoding("utf8").on("data", (text: string) => {
		said += text;
	});
	const lines = createInterface({ input: driver.stdout })[Symbol.asyncIterator]();
	return async () => {
		const { done, value } = await lines.next();
		if (done !== true) return value;
		throw new Error(`the network has ended: ${said}`);
	};
}
