// Counts what the runner ran and says it as the very last line, where scripts and people find it.
import type { Reporter, TestCase, TestModule, Vitest } from "vitest/node";

/**
 * Prints `N passed, N failed`, with `, N skipped` if there are any, and before it which packages the skipped ones need.
 * A file that does not load and an error outside any test count as failed. On CI, where everything that tests need is
 * installed, a skipped test counts as failed too.
 */
export default class CountingReporter implements Reporter {
	/** With `-t` most tests are skipped for another reason. */
	#isFiltered = false;

	onInit(vitest: Vitest): void {
		this.#isFiltered = vitest.config.testNamePattern !== undefined;
	}

	onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
		const tests = modules.flatMap((module) => [...module.children.allTests()]);
		const skipped = tests.filter((test) => test.result().state === "skipped");
		const forbidden = process.env["CI"] ? skipped : [];
		const passed = tests.filter((test) => test.result().state === "passed").length;
		const broken = modules.reduce((sum, module) => sum + suiteErrors(module), unhandledErrors.length);
		const failed = tests.length - passed - skipped.length + broken + forbidden.length;

		for (const test of forbidden) process.stdout.write(`skipped, which fails on CI: ${place(test)}\n`);
		if (failed > 0) process.exitCode = 1;

		const left = skipped.length - forbidden.length;
		const missing = left > 0 && !this.#isFiltered ? missingPackages(skipped.map(({ fullName }) => fullName)) : "";
		const line = `${missing}${passed} passed, ${failed} failed${left > 0 ? `, ${left} skipped` : ""}\n`;
		process.once("exit", () => process.stdout.write(line));
	}
}

/**
 * What skipped tests need, one line each, by the `(needs PACKAGE)` in their titles.
 * @param titles with those of the suites around them
 */
function missingPackages(titles: readonly string[]): string {
	const needs = titles.flatMap((title) => [...(/\(needs ([^)]+)\)/.exec(title)?.slice(1) ?? [])]);
	if (needs.length === 0) return "";
	const lines = [...new Set(needs)].toSorted().map((need) => {
		const count = needs.filter((other) => other === need).length;
		return `  ${need}: ${count} skipped\n`;
	});
	return `Some tests need Debian packages that are missing here; .ci/run installs them:\n${lines.join("")}`;
}

/** Errors of a file or a `describe` themselves, such as an import that fails or a hook that throws. */
function suiteErrors(module: TestModule): number {
	const suites = [...module.children.allSuites()];
	return module.errors().length + suites.reduce((sum, suite) => sum + suite.errors().length, 0);
}

function place(test: TestCase): string {
	return `${test.module.relativeModuleId}: ${test.fullName}`;
}
