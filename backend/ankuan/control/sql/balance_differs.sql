-- I1, I2: a balance row is what the account's entries sum to; every account with a floor has one.
with moved as (
  select account, sum(fen) as fen
    from (select credit_account as account, amount_fen as fen from ledger_entry where court_id = :court
          union all
          select debit_account, -amount_fen from ledger_entry where court_id = :court) l
   group by account
)
select a.id as subject, concat(a.kind, ' ', b.balance_fen, ' <> ', coalesce(m.fen, 0)) as found
  from ledger_account a
  left join ledger_balance b on b.court_id = a.court_id and b.account_id = a.id
  left join moved m on m.account = a.id
 where a.court_id = :court and a.kind in ('case', 'held', 'unidentified')
   and b.balance_fen is distinct from coalesce(m.fen, 0)
 order by a.id
