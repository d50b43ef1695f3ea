import { describe, expect, test } from '@jest/globals';
import { Chart } from 'cdk8s';
import { Deployment, EnvValue, type IConfigMap, Volume } from 'cdk8s-plus-27';
import { acknowledge, Settings, type SettingsProps } from '../../lib';
import { linesOfError } from '../problem-lines';
import { exampleApp } from '../worker/example-worker';

type Use = (settings: Settings, web: Deployment) => void;

function linesOf(props: SettingsProps, use: Use = () => {}, id = 'limits'): string[] {
  const app = exampleApp();
  const chart = new Chart(app, 'studio', { namespace: 'studio' });
  const web = new Deployment(chart, 'web', { containers: [{ name: 'web', image: 'web' }] });
  return linesOfError(() => {
    use(new Settings(chart, id, props), web);
    app.documents();
  });
}

const data = { LEVEL: 'info' };
const live = { data, reload: 'live' } as const;

describe('fails', () => {
  test.each<[string, SettingsProps, RegExp]>([
    [
      'for a key that is none',
      { data: { 'a/b': '' } },
      /^studio\/limits: data\["a\/b"\] must be a key of at most 253 letters, digits, -, _ and \., got "a\/b"\. /,
    ],
    [
      'for a key that is there twice',
      { data, binaryData: { LEVEL: new Uint8Array() } },
      /^studio\/limits: binaryData\.LEVEL must be a key that is there once, got one of data as well\. /,
    ],
    [
      'for more than a ConfigMap holds',
      { data: { big: 'x'.repeat(2 ** 20) }, binaryData: { more: new Uint8Array(3) } },
      /^studio\/limits: data must be 1,048,576 B \(all that a ConfigMap holds\) or less, got 1,048,579 B\. /,
    ],
    [
      'for a key that sounds like a secret',
      { data: { DB_PASSWORD: 'x' } },
      /^studio\/limits: data\.DB_PASSWORD must be no secret, .* got a key that sounds like one\. Refer to a Secret: /,
    ],
    [
      'for a private key by whatever name',
      { data: { 'id.pem': '-----BEGIN RSA PRIVATE KEY-----\n' } },
      /: data\["id\.pem"\] must be no secret, .* got a private key\. /,
    ],
    [
      'for live settings that cannot change',
      { ...live, immutable: true },
      /: immutable must be left out with reload: 'live', got true\. /,
    ],
  ])('%s', (_, props, line) => {
    expect(linesOf(props)).toEqual([expect.stringMatching(line)]);
  });

  test('for a value that is no text', () => {
    const props = JSON.parse('{ "data": { "perHost": 8 } }');
    expect(linesOf(props)).toEqual([
      expect.stringMatching(/^studio\/limits: data\.perHost must be a text, got 8\. /),
    ]);
  });

  test('for a name that the checksum has no room for', () => {
    expect(linesOf({ data }, undefined, 'x'.repeat(55))).toEqual([
      expect.stringMatching(/: id must be a name of at most 54 lower-case letters/),
    ]);
  });

  test.each<[string, SettingsProps, Use, RegExp]>([
    [
      'for a key that is not there',
      { data },
      (it, web) => it.envFor(web, { variables: { L: 'level' } }),
      /^studio\/limits: env\.L must be a key of the settings \(LEVEL\), got "level"\. /,
    ],
    [
      'for a file that is not there',
      { data },
      (it, web) => it.mountOn(web, { path: '/etc/limits', keys: ['level'] }),
      /: mount of \/etc\/limits must be a key of the settings \(LEVEL\), got "level"\. /,
    ],
    [
      'for keys that are no variables',
      { data: { '1st': 'x' } },
      (it, web) => it.envFor(web),
      /: env\["1st"\] must be a name of letters, .*, got "1st"\. /,
    ],
    [
      'for bytes in a variable',
      { binaryData: { ICON: new Uint8Array([1]) } },
      (it, web) => it.envFor(web),
      /: env\.ICON must be a text, since no variable can hold bytes, got ICON of binaryData\. /,
    ],
    [
      'for a folder that is none',
      { data },
      (it, web) => it.mountOn(web, { path: 'etc' }),
      /: path must be an absolute path below \/ without a colon, got "etc"\. /,
    ],
    [
      'for a container that is not there',
      { data },
      (it, web) => it.mountOn(web, { path: '/etc/limits', container: 'sidecar' }),
      /: mountOn\(…\): container must be one of studio\/web \(web\), got "sidecar"\. /,
    ],
    [
      'for something without pods',
      { data },
      (it) => it.envFor(it),
      /: envFor\(…\) must be a workload of cdk8s-plus, .*, got studio\/limits\. /,
    ],
    [
      'for variables of live settings',
      live,
      (it, web) => it.envFor(web),
      /^studio\/limits: env must not be asked for with reload: 'live', .*, got LEVEL\. /,
    ],
    [
      "for variables of live settings by cdk8s-plus' own means",
      live,
      (it, web) =>
        web.containers[0]?.env.addVariable('L', EnvValue.fromConfigMap(it.configMap as IConfigMap, 'LEVEL')),
      /^studio\/web\/Resource: variable L of container web must not use limits, which changes live: .*, got a variable\. /,
    ],
    [
      'for a single file of live settings',
      live,
      (it, web) => {
        const volume = Volume.fromConfigMap(it, 'Own', it.configMap as IConfigMap);
        web.containers[0]?.mount('/etc/level', volume, { subPath: 'LEVEL' });
      },
      /^studio\/web\/Resource: mount of \/etc\/level must not use limits, which changes live: .*, got a subPath\. /,
    ],
  ])('%s', (_, props, use, line) => {
    expect(linesOf(props, use)).toEqual([expect.stringMatching(line)]);
  });
});

describe('what sounds like a secret', () => {
  test('may stay when the program says why', () => {
    const why = 'A bound on tokens of a text, not a token.';
    expect(
      linesOf({ data: { maxTokens: '8' } }, (it) => acknowledge(it, 'secret-like-setting', why)),
    ).toEqual([]);
  });

  test('fails when it says nothing', () => {
    expect(
      linesOf({ data: { maxTokens: '8' } }, (it) => acknowledge(it, 'secret-like-setting', ' ')),
    ).toEqual([
      expect.stringMatching(
        /^studio\/limits: acknowledge\(secret-like-setting\) must come with a reason, got " "\. /,
      ),
    ]);
  });
});
