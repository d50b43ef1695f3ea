import { describe, expect, test } from '@jest/globals';
import { addSetting } from '../../lib/cli/setting';
import { withSettings } from '../../lib/run/settings';
import { exampleModel } from '../cli/example-program';

describe('settings of a run', () => {
  test('join those of the spec and win over them', () => {
    const worker = exampleModel();
    const specified = {
      ...worker,
      contract: { ...worker.contract, settings: { perHost: '8', timeout: '10s' } },
    };
    const given = addSetting('hosts=a,b', addSetting('perHost=16'));
    expect(withSettings(specified, given).contract.settings).toEqual({
      perHost: '16',
      timeout: '10s',
      hosts: 'a,b',
    });
    expect(withSettings(specified, {})).toBe(specified);
  });

  test('keep every sign of the value behind the first equals sign', () => {
    expect(addSetting('query=a=b')).toEqual({ query: 'a=b' });
    expect(addSetting('empty=')).toEqual({ empty: '' });
  });

  test.each(['perHost', '=16', ''])('fails on %j', (text) => {
    expect(() => addSetting(text)).toThrow('It must be a name and a value, such as perHost=16.');
  });
});
