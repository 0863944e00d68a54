import { screen } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { expect, it, vi } from 'vitest';
import { DateField } from '~/ui/form/DateField';
import { fakeApi } from '../../../tests/fixtures/fakeApi';
import { renderAt } from '../../../tests/fixtures/render';

function open(value = '') {
  const onChange = vi.fn<(date: string) => void>();
  renderAt(<DateField label="截至日期" value={value} onChange={onChange} />, { client: fakeApi({}).client });
  return { onChange, field: screen.getByLabelText('截至日期') };
}

it('takes a date however it is written, when the field is left', async () => {
  const { onChange, field } = open();
  await userEvent.type(field, '20261121');
  expect(onChange).not.toHaveBeenCalled();
  await userEvent.tab();
  expect(onChange.mock.calls).toEqual([['2026-11-21']]);
});

it('says what is no date and keeps it to itself', async () => {
  const { onChange, field } = open('2026-11-20');
  await userEvent.clear(field);
  await userEvent.type(field, '2026-02-30{Enter}');
  expect(onChange).not.toHaveBeenCalled();
  expect(field.getAttribute('aria-invalid')).toBe('true');
});

it('takes the emptied field for no date', async () => {
  const { onChange, field } = open('2026-11-20');
  await userEvent.clear(field);
  await userEvent.type(field, '{Enter}');
  expect(onChange.mock.calls).toEqual([['']]);
});
