// The public API: every exported symbol and every prop has to be documented, and docs/api/ holds a report of each
// entry point, so that a review sees what changes for users.
//
//   node tools/api-report.cjs            renews docs/api/
//   node tools/api-report.cjs --check    writes nothing there; fails when a report is stale, and shows what differs
'use strict';

require('./setup.cjs').setUp();
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { CompilerState, Extractor, ExtractorConfig } = require('@microsoft/api-extractor');
const ts = require('typescript');
const { entryPoints } = require('./api/entry-points.cjs');
const { undocumented } = require('./api/undocumented.cjs');

const ROOT = path.join(__dirname, '..');
const REPORTS = path.join('docs', 'api');
const WORK = path.join(ROOT, '.capstan', 'api');
const DECLARATIONS = path.join(WORK, 'declarations');
const RENEW = 'npm run generate';

function main(isCheck) {
  emitDeclarations();
  const entries = entryPoints();
  const files = entries.map(({ declarations }) => path.join(DECLARATIONS, declarations));
  const configs = entries.map((entry, index) => extractorConfig(entry.report, files[index]));
  const state = CompilerState.create(configs[0], { additionalEntryPoints: files.slice(1) });
  const reports = configs.map((config) => makeReport(config, state));

  const silent = undocumented(state.program, files, path.join(DECLARATIONS, 'lib'));
  for (const line of silent) console.error(`lib/${line}`);
  const stale = reports.filter(isStale);
  if (isCheck) stale.forEach(showDifference);
  else renew(reports, stale);
  if (isCheck && stale.length > 0) console.error(`Run \`${RENEW}\` and commit ${REPORTS}/.`);
  return silent.length > 0 || (isCheck && stale.length > 0) ? 1 : 0;
}

/** The declarations that the package would hold. */
function emitDeclarations() {
  fs.rmSync(DECLARATIONS, { recursive: true, force: true });
  const file = path.join(ROOT, 'tsconfig.build.json');
  const { options, fileNames } = ts.getParsedCommandLineOfConfigFile(
    file,
    { noEmit: false, emitDeclarationOnly: true, outDir: DECLARATIONS },
    { ...ts.sys, onUnRecoverableConfigFileDiagnostic: fail },
  );
  const program = ts.createProgram(fileNames, options);
  // Forced, so that types are not checked, which tsc does, and which takes most of the time.
  const isForced = true;
  const { diagnostics } = program.emit(undefined, undefined, undefined, true, undefined, isForced);
  if (diagnostics.length > 0) fail(diagnostics[0]);
}

function fail(diagnostic) {
  throw new Error(ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n'));
}

function extractorConfig(name, file) {
  const silent = { default: { logLevel: 'none' } };
  return ExtractorConfig.prepare({
    configObjectFullPath: undefined,
    packageJsonFullPath: path.join(ROOT, 'package.json'),
    configObject: {
      projectFolder: ROOT,
      mainEntryPointFilePath: file,
      newlineKind: 'lf',
      compiler: {
        overrideTsconfig: { extends: path.join(ROOT, 'tsconfig.build.json'), include: [], files: [file] },
        // The declarations of cdk8s-plus-27 do not hold under exactOptionalPropertyTypes.
        skipLibCheck: true,
      },
      apiReport: {
        enabled: true,
        reportFileName: name,
        reportFolder: path.join(WORK, 'reports'),
        reportTempFolder: path.join(WORK, 'reports', 'temp'),
        includeForgottenExports: true,
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      // Doc comments are checked by ourselves: TSDoc knows neither our @default nor text in angle brackets.
      messages: {
        compilerMessageReporting: silent,
        extractorMessageReporting: silent,
        tsdocMessageReporting: silent,
      },
    },
  });
}

/** The report of one entry point, where it belongs and what it says. */
function makeReport(config, compilerState) {
  const { reportFilePath } = config;
  fs.rmSync(reportFilePath, { force: true });
  fs.mkdirSync(path.dirname(reportFilePath), { recursive: true });
  const messageCallback = (message) => {
    message.logLevel = 'none';
  };
  const { succeeded } = Extractor.invoke(config, { compilerState, localBuild: true, messageCallback });
  if (!succeeded) throw new Error(`API Extractor failed for ${config.mainEntryPointFilePath}`);
  return {
    file: path.join(REPORTS, path.basename(reportFilePath)),
    made: reportFilePath,
    text: fs.readFileSync(reportFilePath, 'utf8'),
  };
}

function isStale({ file, text }) {
  const target = path.join(ROOT, file);
  return !fs.existsSync(target) || fs.readFileSync(target, 'utf8') !== text;
}

function showDifference({ file, made }) {
  console.error(`${file} is stale:`);
  const args = ['diff', '--no-index', '--no-color', '--', file, made];
  console.error(spawnSync('git', args, { cwd: ROOT, encoding: 'utf8' }).stdout);
}

/** Writes what is stale, and removes the reports of entry points that are gone. */
function renew(reports, stale) {
  const folder = path.join(ROOT, REPORTS);
  fs.mkdirSync(folder, { recursive: true });
  for (const { file, text } of stale) {
    fs.writeFileSync(path.join(ROOT, file), text);
    console.error(`${file} written`);
  }
  const wanted = reports.map(({ file }) => path.basename(file));
  for (const name of fs.readdirSync(folder).filter((it) => it.endsWith('.api.md') && !wanted.includes(it))) {
    fs.rmSync(path.join(folder, name));
    console.error(`${path.join(REPORTS, name)} removed`);
  }
}

process.exitCode = main(process.argv.includes('--check'));
