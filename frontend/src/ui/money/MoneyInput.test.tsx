import { render, screen } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { useState } from 'react';
import { IntlProvider } from 'use-intl';
import { expect, it, vi } from 'vitest';
import { messages } from '~/platform/i18n/messages.zh-CN';
import { MoneyInput } from '~/ui/money/MoneyInput';

function Form({ onSubmit }: { onSubmit: () => void }) {
  const [typed, setTyped] = useState('');
  return (
    <IntlProvider locale="zh-CN" messages={messages}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          onSubmit();
        }}
      >
        <MoneyInput label="付款金额" value={typed} onChange={setTyped} />
      </form>
    </IntlProvider>
  );
}

it('says the amount in capitals while it is typed, and formats it only when the field is left', async () => {
  render(<Form onSubmit={vi.fn()} />);
  const field = screen.getByRole('textbox', { name: '付款金额' });
  await userEvent.type(field, '86000.5');
  expect(field).toHaveProperty('value', '86000.5');
  expect(screen.getByRole('status', { name: '大写金额' }).textContent).toBe('捌万陆仟元伍角整');
  await userEvent.tab();
  expect(field).toHaveProperty('value', '86,000.50');
});

it('refuses a third decimal and leaves what was typed', async () => {
  render(<Form onSubmit={vi.fn()} />);
  const field = screen.getByRole('textbox', { name: '付款金额' });
  await userEvent.type(field, '1.005');
  await userEvent.tab();
  expect(field).toHaveProperty('value', '1.005');
  expect(field.getAttribute('aria-invalid')).toBe('true');
  const told = field.getAttribute('aria-describedby') ?? '';
  expect(document.getElementById(told)?.textContent).toContain('最多两位小数');
  expect(screen.getByRole('status', { name: '大写金额' }).textContent).toBe('');
});

it('does not submit a form by Enter', async () => {
  const onSubmit = vi.fn();
  render(<Form onSubmit={onSubmit} />);
  await userEvent.type(screen.getByRole('textbox', { name: '付款金额' }), '5{Enter}');
  expect(onSubmit).not.toHaveBeenCalled();
});
