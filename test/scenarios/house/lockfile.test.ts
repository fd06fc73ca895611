// package-lock.json installs everywhere: `npm ci` refuses one that leaves out another platform's optional packages.
import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";

interface Entry {
	readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const lock: { readonly packages: Readonly<Record<string, Entry>> } = JSON.parse(
	await readFile("package-lock.json", "utf8"),
);

it("holds every optional dependency, whatever the platform that it was written on", () => {
	const wanted = Object.values(lock.packages).flatMap((entry) => Object.keys(entry.optionalDependencies ?? {}));
	expect(wanted.filter((name) => !Object.hasOwn(lock.packages, `node_modules/${name}`))).toEqual([]);
});

it("names no server, so that it installs from any", () => {
	expect(JSON.stringify(lock)).not.toMatch(/"resolved":/);
});
