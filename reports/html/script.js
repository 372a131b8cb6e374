'use strict'
{
  const form = document.getElementById('filter')
  const rows = [...document.querySelectorAll('tr[data-level]')]

  const filter = () => {
    const text = document.getElementById('text').value.trim().toLowerCase()
    const verdict = document.getElementById('verdict').value
    const level = document.getElementById('level').value
    let shown = 0
    for (const row of rows) {
      const fits =
        (!level || row.dataset.level === level) &&
        (!verdict || row.dataset.verdicts.split(' ').includes(verdict)) &&
        (!text || row.textContent.toLowerCase().includes(text))
      row.hidden = !fits
      if (fits) shown += 1
    }
    for (const suite of document.querySelectorAll('#requirements details.suite')) {
      suite.hidden = !suite.querySelector('tr[data-level]:not([hidden])')
      if ((text || verdict || level) && !suite.hidden) suite.open = true
    }
    document.getElementById('shown').textContent = `${shown} of ${rows.length}`
  }

  if (form) {
    form.hidden = false
    form.addEventListener('input', filter)
    form.addEventListener('submit', (event) => event.preventDefault())
    filter()
  }

  const reveal = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)))
    const details = target?.closest('details')
    if (!details) return
    details.open = true
    target.scrollIntoView()
  }
  addEventListener('hashchange', reveal)
  if (location.hash) reveal()

  for (const command of document.querySelectorAll('pre.curl')) {
    const button = document.createElement('button')
    button.type = 'button'
    button.textContent = 'Copy'
    button.addEventListener('click', async () => {
      try {
        await navigator.clipboard.writeText(command.textContent)
        button.textContent = 'Copied'
      } catch {
        // The page may not use the clipboard: the selection lets the reader copy.
        getSelection().selectAllChildren(command)
        button.textContent = 'Selected'
      }
      setTimeout(() => {
        button.textContent = 'Copy'
      }, 2000)
    })
    command.after(button)
  }

  const closed = new Set()
  addEventListener('beforeprint', () => {
    for (const it of document.querySelectorAll('details:not([open])')) {
      closed.add(it)
      it.open = true
    }
  })
  addEventListener('afterprint', () => {
    for (const it of closed) it.open = false
    closed.clear()
  })
}
