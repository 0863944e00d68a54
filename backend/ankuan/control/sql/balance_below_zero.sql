-- I2: no case, held or unidentified account is below zero, money of payouts in flight included.
select account_id as subject, balance_fen as found
  from ledger_balance
 where court_id = :court and balance_fen < 0
 order by account_id
