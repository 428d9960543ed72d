# ldfleet:files v1
$ErrorActionPreference='Stop'; $ProgressPreference='SilentlyContinue'
try {
  $u=[Text.Encoding]::UTF8
  $q=$u.GetString([Convert]::FromBase64String((-join @($input)).Trim())) | ConvertFrom-Json
  $l=@()
  switch ($q.op) {
    'read' {
      foreach ($p in $q.paths) {
        $r=[ordered]@{path=$p;exists=$false;content=$null;error=$null}
        try {
          if ([IO.File]::Exists($p)) {
            $r.exists=$true
            if ((New-Object IO.FileInfo $p).Length -gt 4MB) { $r.error='too large' } else {
              $s=New-Object IO.FileStream $p,'Open','Read','ReadWrite,Delete'
              try { $m=New-Object IO.MemoryStream; $s.CopyTo($m) } finally { $s.Dispose() }
              $r.content=[Convert]::ToBase64String($m.ToArray())
            }
          }
        } catch { $r.error=$_.Exception.GetBaseException().Message }
        $l+=$r
      }
      $a=@{files=$l}
    }
    'stat' {
      foreach ($p in $q.paths) {
        $d=[IO.Directory]::Exists($p); $i=$null
        if ($d) { $i=New-Object IO.DirectoryInfo $p } elseif ([IO.File]::Exists($p)) { $i=New-Object IO.FileInfo $p }
        $r=[ordered]@{path=$p;exists=($null -ne $i);directory=$d;size=0;modified=0}
        if ($i -and -not $d) { $r.size=$i.Length }
        if ($i) { $r.modified=($i.LastWriteTimeUtc-[datetime]'1970-01-01').TotalSeconds }
        $l+=$r
      }
      $a=@{files=$l}
    }
    'list' {
      foreach ($p in $q.paths) {
        $d=[IO.Directory]::Exists($p); $n=@()
        if ($d) { $n=@([IO.Directory]::GetFileSystemEntries($p) | % { [IO.Path]::GetFileName($_) }) }
        $l+=[ordered]@{path=$p;exists=$d;names=$n}
      }
      $a=@{files=$l}
    }
    'write' {
      $b=[Convert]::FromBase64String($q.content); $t=$q.path+'.ldfleet-tmp'
      [void][IO.Directory]::CreateDirectory([IO.Path]::GetDirectoryName($q.path))
      try {
        [IO.File]::WriteAllBytes($t,$b)
        if ([IO.File]::Exists($q.path)) { [IO.File]::Replace($t,$q.path,[NullString]::Value) } else { [IO.File]::Move($t,$q.path) }
      } catch { [IO.File]::Delete($t); throw }
      $a=@{written=$b.Length}
    }
    'remove' {
      foreach ($p in $q.paths) {
        if ([IO.Directory]::Exists($p)) { [IO.Directory]::Delete($p,$true); $l+=$p }
        elseif ([IO.File]::Exists($p)) { [IO.File]::Delete($p); $l+=$p }
      }
      $a=@{removed=$l}
    }
    default { throw "files: no operation '$($q.op)'" }
  }
  [Console]::Out.Write([Convert]::ToBase64String($u.GetBytes((ConvertTo-Json $a -Compress -Depth 5))))
} catch {
  $x=$_.Exception.GetBaseException()
  [Console]::Error.Write('{0} (0x{1:X8})' -f $x.Message,$x.HResult); exit 1
}
