# ldfleet:prepare v1
$servers={{servers}}
$user={{user}}
$rights={{rights}}
$ssh={{ssh}}
$runner={{runner}}

# Whose desktop the emulators get: the one who is logged on by itself after a start, else who is logged on now.
function DesktopAccount {
  if ($DesktopUser) { return $DesktopUser }
  if ((Value $winlogon 'AutoAdminLogon') -eq '1' -and (Value $winlogon 'DefaultUserName')) {
    $domain=Value $winlogon 'DefaultDomainName'
    if (-not $domain) { $domain=$env:COMPUTERNAME }
    return "$domain\$(Value $winlogon 'DefaultUserName')"
  }
  (Get-CimInstance Win32_ComputerSystem).UserName
}

function AskPassword {
  while ($true) {
    $first=Read-Host "A password for the new account $user" -AsSecureString
    $second=Read-Host 'The same again' -AsSecureString
    $one=(New-Object Net.NetworkCredential '',$first).Password
    $two=(New-Object Net.NetworkCredential '',$second).Password
    if ($one -and $one -ceq $two) { return $first }
    Write-Host 'They differ, or are empty.'
  }
}

function UserSid {
  $found=Get-LocalUser -Name $user -ErrorAction SilentlyContinue
  if ($found) { $found.SID.Value }
}

function Belongs([string]$group) { (UserSid) -and (Member $group (UserSid)) }

$desktop=DesktopAccount
if (-not $desktop) { throw 'Nobody is logged on, and auto-logon is off: log on as the user who shall own the emulators, or add -DesktopUser NAME' }
$desktopSid=SidOf $desktop
$modify='0x1301bf'; $look='0x1200a9'
function FolderRights([string]$wanted) {
  $all="(A;OICI;$wanted;;;$desktopSid)"
  if ($rights -eq 'least' -and (UserSid) -and (UserSid) -ne $desktopSid) { $all+="(A;OICI;$modify;;;$(UserSid))" }
  $all
}

$steps=@(
  @{
    name='winrm-service'
    says='start Windows Remote Management (WinRM) now and with Windows'
    needed={ -not (Serves 'WinRM') }
    before={ ServiceBefore 'WinRM' }
    make={ Set-Service WinRM -StartupType Automatic; Start-Service WinRM }
  }
  @{
    name='winrm-listener'
    says='let WinRM listen on TCP 5986 (HTTPS) with a new self-signed certificate, good for five years'
    needed={ -not (Serves 'WinRM') -or -not (Certificate (ListenerThumbprint)) }
    before={ @{thumbprint=[string](ListenerThumbprint)} }
    make={
      $made=New-SelfSignedCertificate -DnsName $env:COMPUTERNAME -FriendlyName 'LDFleet WinRM' -CertStoreLocation Cert:\LocalMachine\My -NotAfter (Get-Date).AddYears(5)
      SetListener $made.Thumbprint
    }
  }
  @{
    name='winrm-plain'
    says='refuse unencrypted messages and Basic logins over WinRM'
    needed={ -not (Serves 'WinRM') -or (Get-Item WSMan:\localhost\Service\AllowUnencrypted).Value -eq 'true' -or (Get-Item WSMan:\localhost\Service\Auth\Basic).Value -eq 'true' }
    before={ @{unencrypted=(Get-Item WSMan:\localhost\Service\AllowUnencrypted).Value;basic=(Get-Item WSMan:\localhost\Service\Auth\Basic).Value} }
    make={ Set-Item WSMan:\localhost\Service\AllowUnencrypted $false -Force; Set-Item WSMan:\localhost\Service\Auth\Basic $false -Force }
  }
  @{
    name='winrm-firewall'
    says="let $($servers -join ', ') reach TCP 5986, and nobody else (firewall rule LDFleet-WinRM-HTTPS)"
    needed={ -not (OnlyFrom 'LDFleet-WinRM-HTTPS' 5986 $servers) }
    before={ @{} }
    make={ OpenFor 'LDFleet-WinRM-HTTPS' 'LDFleet WinRM HTTPS' 5986 $servers }
  }
  @{
    name='account'
    says="make the local account $user; you are asked for its password"
    needed={ -not (UserSid) }
    before={ @{user=$user} }
    make={ [void](New-LocalUser -Name $user -Password (AskPassword) -PasswordNeverExpires -AccountNeverExpires -Description 'Used by ldfleet only') }
  }
)

if ($rights -eq 'admin') {
  $steps+=@{
    name='account-admin'
    says="put $user into the group of administrators ($admins)"
    needed={ -not (Belongs $admins) }
    before={ @{user=$user} }
    make={ Add-LocalGroupMember -SID $admins -Member $user }
  }
  $steps+=@{
    name='token-filter'
    says='leave local administrators their rights over the network (LocalAccountTokenFilterPolicy = 1); it makes a stolen password worth more'
    needed={ (Value $policies 'LocalAccountTokenFilterPolicy') -ne 1 }
    before={ @{value=(Value $policies 'LocalAccountTokenFilterPolicy')} }
    make={ PutValue $policies 'LocalAccountTokenFilterPolicy' 1 'DWord' }
  }
} else {
  $steps+=@{
    name='account-remote'
    says="put $user into the group Remote Management Users (S-1-5-32-580)"
    needed={ -not (Belongs 'S-1-5-32-580') }
    before={ @{user=$user} }
    make={ Add-LocalGroupMember -SID 'S-1-5-32-580' -Member $user }
  }
  $steps+=@{
    name='account-wmi'
    says="let $user ask WMI (root/cimv2) over the network"
    needed={ -not (UserSid) -or -not (Named (WmiRights) (UserSid)) }
    before={ @{sid=(UserSid)} }
    make={ $all=WmiRights; $all.DiscretionaryAcl.AddAccess('Allow',(New-Object Security.Principal.SecurityIdentifier (UserSid)),$wmiRights,'ContainerInherit','None'); SetWmiRights $all }
  }
  $steps+=@{
    name='account-shell'
    says="let $user open WinRM's command shell (RootSDDL)"
    needed={ -not (Serves 'WinRM') -or -not (UserSid) -or -not (Named (ShellRights) (UserSid)) }
    before={ @{sid=(UserSid)} }
    make={ $all=ShellRights; $all.DiscretionaryAcl.AddAccess('Allow',(New-Object Security.Principal.SecurityIdentifier (UserSid)),$shellRights,'None','None'); SetShellRights $all }
  }
}

if ($ssh) {
  $steps+=@{
    name='ssh-server'
    says='install the Windows feature OpenSSH Server (from Windows Update), without its firewall rule that lets everybody in'
    needed={ -not (Get-Service sshd -ErrorAction SilentlyContinue) }
    before={ @{} }
    make={
      [void](Add-WindowsCapability -Online -Name 'OpenSSH.Server~~~~0.0.1.0')
      Get-NetFirewallRule -Name 'OpenSSH-Server-In-TCP' -ErrorAction SilentlyContinue | Disable-NetFirewallRule
    }
  }
  $steps+=@{
    name='ssh-firewall'
    says="let $($servers -join ', ') reach TCP 22 (firewall rule LDFleet-SSH)"
    needed={ -not (OnlyFrom 'LDFleet-SSH' 22 $servers) }
    before={ @{} }
    make={ OpenFor 'LDFleet-SSH' 'LDFleet SSH' 22 $servers }
  }
  $steps+=@{
    name='ssh-shell'
    says='let SSH sessions start in cmd.exe (DefaultShell), which ldfleet quotes for'
    needed={ (Value $openssh 'DefaultShell') -and (Value $openssh 'DefaultShell') -ne "$env:SystemRoot\System32\cmd.exe" }
    before={ @{value=(Value $openssh 'DefaultShell')} }
    make={ PutValue $openssh 'DefaultShell' "$env:SystemRoot\System32\cmd.exe" 'String' }
  }
  $steps+=@{
    name='ssh-service'
    says='start the OpenSSH server now and with Windows'
    needed={ -not (Get-Service sshd -ErrorAction SilentlyContinue) -or -not (Serves 'sshd') }
    before={ ServiceBefore 'sshd' }
    make={ Set-Service sshd -StartupType Automatic; Start-Service sshd }
  }
}

$steps+=@{
  name='folder'
  says="make $fleet and $fleet\jobs, for administrators, and ${desktop}: others could run programs as that user"
  needed={ -not ((Guarded $fleet (FolderRights $look)) -and (Guarded "$fleet\jobs" (FolderRights $modify))) }
  before={ @{existed=[IO.Directory]::Exists($fleet)} }
  make={ Guard $fleet (FolderRights $look); Guard "$fleet\jobs" (FolderRights $modify) }
}
$steps+=@{
  name='runner'
  says="write $fleet\run.ps1, which runs one program on the desktop when ldfleet asks for it"
  needed={ -not [IO.File]::Exists("$fleet\run.ps1") -or [IO.File]::ReadAllText("$fleet\run.ps1") -cne $runner }
  before={ $(if ([IO.File]::Exists("$fleet\run.ps1")) { @{text=[IO.File]::ReadAllText("$fleet\run.ps1")} } else { @{text=$null} }) }
  make={ [IO.File]::WriteAllText("$fleet\run.ps1",$runner,$utf8) }
}
$arguments="-NoProfile -NonInteractive -WindowStyle Hidden -ExecutionPolicy Bypass -File $fleet\run.ps1"
$steps+=@{
  name='task'
  says="register the task \LDFleet\Desktop, which runs it on the desktop of $desktop with all of that user's rights; no password is kept"
  needed={
    $task=DesktopTask
    -not ($task -and $task.Actions[0].Arguments -eq $arguments -and $task.Principal.LogonType -eq 'Interactive' -and $task.Principal.RunLevel -eq 'Highest' -and (SidOf $task.Principal.UserId) -eq $desktopSid -and (TaskStarts))
  }
  before={ $(if (DesktopTask) { @{xml=(Export-ScheduledTask -TaskPath '\LDFleet\' -TaskName Desktop)} } else { @{xml=$null} }) }
  make={
    $action=New-ScheduledTaskAction -Execute powershell.exe -Argument $arguments
    $principal=New-ScheduledTaskPrincipal -UserId $desktop -LogonType Interactive -RunLevel Highest
    $settings=New-ScheduledTaskSettingsSet -MultipleInstances Parallel -ExecutionTimeLimit (New-TimeSpan -Minutes 15) -AllowStartIfOnBatteries -DontStopIfGoingOnBatteries
    [void](Register-ScheduledTask -TaskPath '\LDFleet\' -TaskName Desktop -Action $action -Principal $principal -Settings $settings -Force)
    if ($rights -eq 'least') { (Registered).SetSecurityDescriptor("D:(A;;FA;;;BA)(A;;FA;;;SY)(A;;GRGX;;;$(UserSid))(A;;GRGX;;;$desktopSid)",0) }
  }
}

function Registered {
  $service=New-Object -ComObject Schedule.Service; $service.Connect()
  $service.GetFolder('\LDFleet').GetTask('Desktop')
}

# An administrator may start every task; another account needs the right to.
function TaskStarts { $rights -eq 'admin' -or ((UserSid) -and (Registered).GetSecurityDescriptor(4).Contains((UserSid))) }

# Looked at, never changed.
function CheckPorts {
  foreach ($filter in @(Get-NetFirewallPortFilter -Protocol TCP | Where-Object { @($_.LocalPort | Where-Object { $_ -in '22','5985','5986' }) })) {
    $rule=$filter | Get-NetFirewallRule
    if ($rule.Enabled -eq 'True' -and $rule.Direction -eq 'Inbound' -and $rule.Action -eq 'Allow' -and $rule.Name -notlike 'LDFleet-*') { Say "! The firewall rule $($rule.Name) lets others reach TCP $($filter.LocalPort -join ', ') too. Who does not need it: Disable-NetFirewallRule -Name '$($rule.Name)'" }
  }
}

# A password belongs in no registry: none is ever written there.
function CheckDesktop {
  if ((Value $winlogon 'AutoAdminLogon') -ne '1') { Say '! Auto-logon is off: after a restart of Windows no emulator can start until somebody logs on. Sysinternals Autologon sets it and keeps the password encrypted.' }
  if (Value $winlogon 'DefaultPassword') { Say '! The password of auto-logon stands in the registry, where every user of this PC can read it (Winlogon, DefaultPassword): set it with Sysinternals Autologon instead.' }
  if (-not (Get-CimInstance Win32_Process -Filter "Name='explorer.exe' AND SessionId>0")) { Say "! Nobody is logged on: log on as $desktop." }
}

$wanted=@($steps | Where-Object { & $_.needed })
Say "This PC is $env:COMPUTERNAME; the emulators' desktop is that of $desktop."
CheckDesktop
CheckPorts
if (-not $wanted) { Say 'All is prepared already; nothing is changed.' }
else {
  Say 'These changes are made:'
  Say "  * keep in $kept, for administrators only, how it was before, and a log"
  foreach ($step in $wanted) { Say "  * $($step.says)" }
  if ($WhatIf) { Say 'Nothing was changed.'; exit 0 }
  if (-not (Ask 'Make them?')) { Say 'Nothing was changed.'; exit 1 }
  Guard $kept ''; $logging=$true
  $records=@(Records)
  foreach ($step in $wanted) {
    if (-not (& $step.needed)) { continue }
    # Kept before it is made: what is cut off can be undone. What was kept first is how it was.
    if (-not ($records | Where-Object { $_.name -eq $step.name })) { $records+=@{name=$step.name;before=(& $step.before)}; Save $records }
    Say "- $($step.says)"
    & $step.make
  }
}
Say ''
Say 'Tell ldfleet:'
if ((Serves 'WinRM') -and (Certificate (ListenerThumbprint))) { Say "  certificate_sha256  $(Sha256 (Certificate (ListenerThumbprint)))" }
if ($ssh) { foreach ($key in @(Get-ChildItem "$env:ProgramData\ssh\ssh_host_*_key.pub" -ErrorAction SilentlyContinue)) { Say "  host_key_sha256     $((& "$env:SystemRoot\System32\OpenSSH\ssh-keygen.exe" -lf $key.FullName) -join '')" } }
Say "  username            $user"
