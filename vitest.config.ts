// How the tests run: first the house rules, alone, then everything that measures time or opens sockets.
import { defineConfig } from "vitest/config";

const HOUSE = "test/scenarios/house/**/*.test.ts";

export default defineConfig({
	// Silences what the bundler of the tests says about the source maps of packages.
	logLevel: "error",
	test: {
		reporters: [
			"default",
			...(process.env["GITHUB_ACTIONS"] === "true" ? ["github-actions"] : []),
			"./test/helpers/reporter.ts",
		],
		// The language service imports JSON without attributes, which only the bundler of the tests understands.
		server: { deps: { inline: [/@actions\//] } },
		projects: [
			{
				extends: true,
				test: { name: "house", include: [HOUSE], testTimeout: 120_000, maxWorkers: 2, sequence: { groupOrder: 1 } },
			},
			{
				extends: true,
				test: {
					name: "product",
					include: ["test/**/*.test.ts"],
					exclude: [HOUSE],
					// A test that takes seconds by itself takes many on a machine that does other things besides.
					testTimeout: 60_000,
					hookTimeout: 60_000,
					sequence: { groupOrder: 2 },
					// Files share a process, so that what they import is loaded once; each test ends what it has begun.
					isolate: false,
					unstubEnvs: true,
					// Most of it waits for processes and servers. Two cores would give one file at a time, which takes twice as long; more than four are slower again.
					maxWorkers: 4,
				},
			},
		],
	},
});
