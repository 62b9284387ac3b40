{{- define "contd-release.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 52 | trimSuffix "-" -}}
{{- end -}}

{{/* 52 characters: a CronJob adds eleven to the names of its jobs, which may have 63. */}}
{{- define "contd-release.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 52 | trimSuffix "-" -}}
{{- else if contains (include "contd-release.name" .) .Release.Name -}}
{{- .Release.Name | trunc 52 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name (include "contd-release.name" .) | trunc 52 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "contd-release.selectorLabels" -}}
app.kubernetes.io/name: {{ include "contd-release.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "contd-release.labels" -}}
{{ include "contd-release.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{- end -}}

{{- define "contd-release.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "contd-release.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- define "contd-release.image" -}}
{{- if .Values.image.digest -}}
{{- printf "%s@%s" .Values.image.repository .Values.image.digest -}}
{{- else -}}
{{- printf "%s:%s" .Values.image.repository (default .Chart.AppVersion .Values.image.tag) -}}
{{- end -}}
{{- end -}}

{{- define "contd-release.claim" -}}
{{- default (include "contd-release.fullname" .) .Values.persistence.existingClaim -}}
{{- end -}}

{{/* What every container has: the image, its rights, its surroundings. */}}
{{- define "contd-release.container" -}}
image: {{ include "contd-release.image" . | quote }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
securityContext:
  {{- toYaml .Values.securityContext | nindent 2 }}
resources:
  {{- toYaml .Values.resources | nindent 2 }}
env:
  - name: HOME
    value: /tmp
  - name: REPOSITORY_URL
    value: {{ .Values.repository.url | quote }}
  - name: REPOSITORY_BRANCH
    value: {{ .Values.repository.branch | quote }}
  {{- if .Values.configuration }}
  - name: CONTD_RELEASE_CONFIG
    value: /etc/contd-release/contd-release.toml
  {{- end }}
  {{- range $name, $value := .Values.environment }}
  - name: {{ $name }}
    value: {{ $value | quote }}
  {{- end }}
  {{- range .Values.secrets.environment }}
  - name: {{ .name }}
    valueFrom:
      secretKeyRef:
        name: {{ .secret }}
        key: {{ .key }}
  {{- end }}
{{- with .Values.secrets.existing }}
envFrom:
  - secretRef:
      name: {{ . }}
{{- end }}
volumeMounts:
  - name: work
    mountPath: /data
  - name: tmp
    mountPath: /tmp
  {{- if .Values.configuration }}
  - name: configuration
    mountPath: /etc/contd-release
    readOnly: true
  {{- end }}
{{- end -}}

{{/* What every pod has, but its containers. */}}
{{- define "contd-release.pod" -}}
serviceAccountName: {{ include "contd-release.serviceAccountName" . }}
automountServiceAccountToken: false
{{- with .Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
securityContext:
  {{- toYaml .Values.podSecurityContext | nindent 2 }}
volumes:
  - name: work
    {{- if .Values.persistence.enabled }}
    persistentVolumeClaim:
      claimName: {{ include "contd-release.claim" . }}
    {{- else }}
    emptyDir: {}
    {{- end }}
  - name: tmp
    emptyDir: {}
  {{- if .Values.configuration }}
  - name: configuration
    configMap:
      name: {{ include "contd-release.fullname" . }}
  {{- end }}
{{- with .Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}
